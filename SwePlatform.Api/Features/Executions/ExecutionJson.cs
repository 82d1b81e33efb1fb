using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Executions;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(ExecuteToolRequest))]
[JsonSerializable(typeof(ExecuteToolResponse))]
[JsonSerializable(typeof(ExecutionResponse))]
[JsonSerializable(typeof(ExecutionActivity))]
[JsonSerializable(typeof(KeysetList<ExecutionSummary>))]
internal sealed partial class ExecutionJson : JsonSerializerContext;
