using System.Diagnostics;
using OpenTelemetry;

namespace SwePlatform.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps traces out that show no work: a query by which a worker looks for something to do, and a message of a page's connection
/// that caused nothing. A span with a parent, or with children, is always kept.
/// </summary>
internal sealed class BackgroundNoise : BaseProcessor<Activity>
{
    private const string HasChildren = "swe.has_children";

    // The sources of Blazor's circuits and routes, and of the connection that they speak over.
    private static readonly string[] PageSources = ["Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.SignalR"];

    private static readonly object Marked = new();

    public override void OnStart(Activity data) => data.Parent?.SetCustomProperty(HasChildren, Marked);

    public override void OnEnd(Activity data)
    {
        if (
            data.ParentSpanId == default
            && data.Status != ActivityStatusCode.Error
            && (
                data.Kind == ActivityKind.Client || PageSources.Any(source => data.Source.Name.StartsWith(source, StringComparison.Ordinal))
            )
            && data.GetCustomProperty(HasChildren) is null
        )
        {
            // Exporters pass over what is not recorded.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
