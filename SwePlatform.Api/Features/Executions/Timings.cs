namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// The latency receipt of an execution, in milliseconds.
/// </summary>
/// <param name="Queue">Waiting for a free place to run.</param>
/// <param name="Cache">Looking the result up.</param>
/// <param name="Prepare">Checking the request, finding the project and its commit, recording the start.</param>
/// <param name="Execute">The tool itself.</param>
/// <param name="Serialize">Writing the result as JSON.</param>
/// <param name="Total">All of it, from the request's arrival at the endpoint.</param>
public sealed record Timings(double Queue = 0, double Cache = 0, double Prepare = 0, double Execute = 0, double Serialize = 0, double Total = 0)
{
    /// <summary>The receipt as a <c>Server-Timing</c> header.</summary>
    public string ToServerTiming() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"queue;dur={Queue:0.###}, cache;dur={Cache:0.###}, prepare;dur={Prepare:0.###}, execute;dur={Execute:0.###}, serialize;dur={Serialize:0.###}, total;dur={Total:0.###}");
}
