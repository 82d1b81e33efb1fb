using System.Text.Json.Serialization;
using SwePlatform.Api.Features.Database.Changes;

namespace SwePlatform.Api.Features.Database;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(DatabaseReport))]
[JsonSerializable(typeof(IndexReport))]
[JsonSerializable(typeof(IndexChangeRequest))]
[JsonSerializable(typeof(IndexChangeResponse))]
internal sealed partial class DatabaseJson : JsonSerializerContext;
