using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <summary>Something that a request waited for.</summary>
/// <param name="Kind"><c>sql</c>, <c>redis</c>, <c>tool</c>, <c>http</c> or <c>step</c>.</param>
/// <param name="StartMs">Milliseconds since the request came in.</param>
/// <param name="Detail">For SQL its text, with parameters in the place of values.</param>
public sealed record RequestSpan(string Kind, string Name, double StartMs, double DurationMs, string? Detail);

/// <summary>
/// What one request waited for. It is made with the first such thing, so a request that waits for nothing costs nothing.
/// </summary>
internal sealed class RequestTrace
{
    private const int MaxSpans = 100;
    private const int MaxDetail = 4000;

    // Where work for a request goes on in another flow than the request's own: a shared factory, the engine.
    private static readonly AsyncLocal<RequestTrace?> Handed = new();
    private static readonly HttpContextAccessor Http = new();

    private readonly List<RequestSpan> _spans = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    public int Dropped { get; private set; }

    /// <summary>The trace of the request that is being worked for; null if there is none.</summary>
    public static RequestTrace? Current
    {
        get
        {
            if (Handed.Value is { } handed)
            {
                return handed;
            }
            try
            {
                return Http.HttpContext is { } context ? Of(context.Features) : null;
            }
            catch (ObjectDisposedException)
            {
                // The request has just ended.
                return null;
            }
        }
    }

    private static RequestTrace Of(IFeatureCollection features)
    {
        var trace = features.Get<RequestTrace>();
        if (trace is null)
        {
            features.Set(trace = new());
        }
        return trace;
    }

    /// <summary>Lets what follows in this flow count for <paramref name="trace"/>.</summary>
    public static void Continue(RequestTrace? trace) => Handed.Value = trace;

    /// <param name="started">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public static void Add(string kind, string name, long started, string? detail = null) => Current?.Add(kind, name, started, Stopwatch.GetElapsedTime(started), detail);

    public void Add(string kind, string name, long started, TimeSpan duration, string? detail)
    {
        lock (_spans)
        {
            if (_spans.Count == MaxSpans)
            {
                Dropped++;
                return;
            }
            _spans.Add(new(kind, name, (started - _started) * 1000.0 / Stopwatch.Frequency, duration.TotalMilliseconds, detail is { Length: > MaxDetail } ? detail[..MaxDetail] : detail));
        }
    }

    /// <summary>The spans so far, in the order of their start, as seen from the start of the request.</summary>
    public IReadOnlyList<RequestSpan> Spans(long requestStarted)
    {
        var offset = (_started - requestStarted) * 1000.0 / Stopwatch.Frequency;
        lock (_spans)
        {
            return [.. _spans.Select(span => span with { StartMs = Math.Round(span.StartMs + offset, 3), DurationMs = Math.Round(span.DurationMs, 3) }).OrderBy(span => span.StartMs)];
        }
    }
}
