using System.Text.Json.Serialization;

namespace SwePlatform.Api.Features.Tools;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(ToolListResponse))]
[JsonSerializable(typeof(ToolResponse))]
internal sealed partial class ToolListJson : JsonSerializerContext;
