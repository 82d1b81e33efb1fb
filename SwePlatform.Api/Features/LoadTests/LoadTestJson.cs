using System.Text.Json.Serialization;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(CreateLoadTestRequest))]
[JsonSerializable(typeof(LoadTestResponse))]
[JsonSerializable(typeof(LoadTestSummary))]
[JsonSerializable(typeof(LoadTestComparison))]
[JsonSerializable(typeof(KeysetList<LoadTestSummary>))]
internal sealed partial class LoadTestJson : JsonSerializerContext;
