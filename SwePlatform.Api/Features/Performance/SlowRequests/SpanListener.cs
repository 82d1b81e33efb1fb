using System.Diagnostics;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <summary>Notes database commands and outgoing calls with the request that waits for them.</summary>
internal static class SpanListener
{
    private const string Npgsql = "Npgsql";
    private const string HttpClient = "System.Net.Http";

    // Once in a process, however many servers it hosts: each listener would note the same again.
    private static readonly ActivityListener Listener = Create();

    public static void Start() => ActivitySource.AddActivityListener(Listener);

    private static ActivityListener Create() =>
        new()
        {
            ShouldListenTo = static source => source.Name is Npgsql or HttpClient,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                RequestTrace.Current is null ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
            ActivityStopped = TryNote,
        };

    // Whoever ends the activity is in the middle of its own work, such as Npgsql of a conversation: nothing may be thrown at it.
    private static void TryNote(Activity activity)
    {
        try
        {
            Note(activity);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Debug.Fail(exception.Message);
        }
    }

    private static void Note(Activity activity)
    {
        if (RequestTrace.Current is not { } trace)
        {
            return;
        }
        var started = Stopwatch.GetTimestamp() - (long)(activity.Duration.TotalSeconds * Stopwatch.Frequency);
        if (activity.Source.Name == Npgsql)
        {
            var text = (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) as string;
            trace.Add(
                "sql",
                SqlText.Summarize(text ?? activity.DisplayName),
                started,
                activity.Duration,
                text is null ? null : SqlText.WithoutValues(text)
            );
        }
        else
        {
            // Host and method only: a path or query may carry what nobody else should read.
            trace.Add(
                "http",
                $"{activity.GetTagItem("http.request.method")} {activity.GetTagItem("server.address")}",
                started,
                activity.Duration,
                null
            );
        }
    }
}
