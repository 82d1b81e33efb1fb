using System.Text.Json.Serialization;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Features.Performance.Summary;

namespace SwePlatform.Api.Features.Performance;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(PerformanceSummary))]
[JsonSerializable(typeof(PerformanceTimeline))]
[JsonSerializable(typeof(CacheReport))]
[JsonSerializable(typeof(ResourceReport))]
[JsonSerializable(typeof(SlowRequestList))]
internal sealed partial class PerformanceJson : JsonSerializerContext;
