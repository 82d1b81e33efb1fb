using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SwePlatform.ServiceDefaults;

/// <summary>
/// Answers <c>/health</c> (ready to serve) and <c>/alive</c> (the process runs) before anything else sees them: no routing,
/// no authentication, no limit stands before a probe.
/// </summary>
internal sealed class ProbeFilter(HealthProbes probes) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(rest => context => probes.Find(context.Request.Path.Value) is { } probe ? AnswerAsync(context, probe) : rest(context));
            next(app);
        };

    private static Task AnswerAsync(HttpContext context, HealthProbe probe)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return probe.AnswerAsync(context);
        }
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = $"{HttpMethods.Get}, {HttpMethods.Head}";
        return Task.CompletedTask;
    }
}
