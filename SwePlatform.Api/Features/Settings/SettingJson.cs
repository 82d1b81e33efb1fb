using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Settings;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(SettingResponse))]
[JsonSerializable(typeof(PagedList<SettingResponse>))]
[JsonSerializable(typeof(PutSettingRequest))]
internal sealed partial class SettingJson : JsonSerializerContext;
