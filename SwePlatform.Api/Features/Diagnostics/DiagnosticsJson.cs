using System.Text.Json.Serialization;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class DiagnosticsJson : JsonSerializerContext;
