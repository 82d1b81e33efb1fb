using System.Diagnostics;

namespace SwePlatform.Api.Infrastructure.Telemetry;

/// <summary>
/// The id under which answers, audit entries and the log name a request: the caller's, if it sent one (W3C Trace Context).
/// It is made when somebody asks for it; an activity for each request would cost more than all other measuring.
/// </summary>
internal static class TraceIds
{
    private static readonly object Key = new();

    public static string Of(HttpContext context)
    {
        if (Activity.Current is { } activity)
        {
            return activity.TraceId.ToString();
        }
        if (context.Items.TryGetValue(Key, out var known))
        {
            return (string)known!;
        }
        var id =
            context.Request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, null, out var caller)
                ? caller.TraceId
                : ActivityTraceId.CreateRandom();
        var text = id.ToString();
        context.Items[Key] = text;
        return text;
    }

    /// <summary>An activity with the request's id, for those that look for one.</summary>
    public static Activity Begin(HttpContext context) =>
        new Activity("request")
            .SetParentId(ActivityTraceId.CreateFromString(Of(context)), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded)
            .Start();
}
