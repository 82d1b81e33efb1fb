using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SwePlatform.ServiceDefaults;

/// <summary>
/// Answers a health probe. What the checks found is good for a second: a probe that is asked a thousand times a second
/// must not become load on the database that it asks about.
/// </summary>
internal sealed class HealthProbe(
    string path,
    HealthCheckService checks,
    Func<HealthCheckRegistration, bool> predicate,
    RequestDuration durations,
    TimeProvider time
)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(3);
    private static readonly byte[] Healthy = "Healthy"u8.ToArray();
    private static readonly byte[] Unhealthy = "Unhealthy"u8.ToArray();

    private readonly Lock _lock = new();
    private Action<TimeSpan, bool>? _observer;
    private Finding? _known;
    private Task<Finding>? _checking;

    private sealed record Finding(bool Healthy, long At);

    public Task AnswerAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var known = Volatile.Read(ref _known);
        var age = known is null ? TimeSpan.MaxValue : time.GetElapsedTime(known.At, started);
        // While the checks run, their last finding still serves; but not when they hang.
        if (age < Fresh || (Check() is var checking && age < Stale))
        {
            return AnswerAsync(context, known!, started);
        }
        return AwaitAsync(context, checking, started);
    }

    private Task<Finding> Check()
    {
        lock (_lock)
        {
            return _checking is null || _checking.IsCompleted ? _checking = CheckAsync() : _checking;
        }
    }

    private async Task<Finding> CheckAsync()
    {
        // Degraded means that a cache is gone: slower, still ready.
        var report = await checks.CheckHealthAsync(predicate);
        var finding = new Finding(report.Status != HealthStatus.Unhealthy, time.GetTimestamp());
        Volatile.Write(ref _known, finding);
        return finding;
    }

    private async Task AwaitAsync(HttpContext context, Task<Finding> checking, long started) =>
        await AnswerAsync(context, await checking, started);

    private Task AnswerAsync(HttpContext context, Finding finding, long started)
    {
        var writing = WriteAsync(context, finding);
        var duration = time.GetElapsedTime(started);
        if (HttpMethods.IsGet(context.Request.Method))
        {
            durations.Record(path, HttpMethods.Get, duration);
            (_observer ??= durations.ProbeObserver?.Invoke(path, HttpMethods.Get))?.Invoke(duration, finding.Healthy);
        }
        return writing;
    }

    // The body is for strangers, so it says no more.
    private static Task WriteAsync(HttpContext context, Finding finding)
    {
        var response = context.Response;
        var body = finding.Healthy ? Healthy : Unhealthy;
        response.StatusCode = finding.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "text/plain";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }
}
