using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Imports;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(CreateImportRequest))]
[JsonSerializable(typeof(ChangeImportRequest))]
[JsonSerializable(typeof(RefreshImportRequest))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(PagedList<ImportResponse>))]
[JsonSerializable(typeof(RefreshResponse))]
internal sealed partial class ImportJson : JsonSerializerContext;
