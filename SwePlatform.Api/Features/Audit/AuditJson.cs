using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Audit;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(AuditEntryResponse))]
[JsonSerializable(typeof(KeysetList<AuditEntryResponse>))]
[JsonSerializable(typeof(AuditSummary))]
[JsonSerializable(typeof(AuditVerification))]
internal sealed partial class AuditJson : JsonSerializerContext;
