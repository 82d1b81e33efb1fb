using System.Collections.Concurrent;
using System.Diagnostics;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Infrastructure.Telemetry;

/// <summary>Something that a request waited for.</summary>
/// <param name="Kind"><c>sql</c>, <c>redis</c>, <c>tool</c>, <c>http</c> or <c>step</c>.</param>
/// <param name="StartMs">Milliseconds since the request came in.</param>
/// <param name="Detail">For SQL its text, with parameters in the place of values.</param>
public sealed record RequestSpan(string Kind, string Name, double StartMs, double DurationMs, string? Detail);

/// <summary>
/// What one request waited for.
/// </summary>
internal sealed class RequestTrace
{
    private const int MaxSpans = 100;
    private const int MaxDetail = 4000;

    private static readonly AsyncLocal<RequestTrace?> Flow = new();

    private ConcurrentQueue<RequestSpan>? _spans;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The trace of the request that is being worked for; null if there is none.</summary>
    public static RequestTrace? Current => Flow.Value ?? RequestContextAccessor.Trace;

    /// <summary>
    /// Lets what follows in this flow count for <paramref name="trace"/>, where work for a request goes on in a flow of its
    /// own.
    /// </summary>
    public static void Continue(RequestTrace? trace) => Flow.Value = trace;

    /// <param name="started">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public static void Add(string kind, string name, long started, string? detail = null) =>
        Current?.Add(kind, name, started, Stopwatch.GetElapsedTime(started), detail);

    public void Add(string kind, string name, long started, TimeSpan duration, string? detail)
    {
        var spans = _spans ?? Interlocked.CompareExchange(ref _spans, new(), null) ?? _spans;
        // The first hundred tell the story.
        if (spans.Count < MaxSpans)
        {
            spans.Enqueue(
                new(
                    kind,
                    name,
                    (started - _started) * 1000.0 / Stopwatch.Frequency,
                    duration.TotalMilliseconds,
                    detail is { Length: > MaxDetail } ? detail[..MaxDetail] : detail
                )
            );
        }
    }

    /// <summary>The spans so far, in the order of their start, as seen from the start of the request.</summary>
    public IReadOnlyList<RequestSpan> Spans(long requestStarted)
    {
        var offset = (_started - requestStarted) * 1000.0 / Stopwatch.Frequency;
        return _spans is null
            ? []
            :
            [
                .. _spans
                    .Select(span =>
                        span with
                        {
                            StartMs = Math.Round(span.StartMs + offset, 3),
                            DurationMs = Math.Round(span.DurationMs, 3),
                        }
                    )
                    .OrderBy(span => span.StartMs),
            ];
    }
}
