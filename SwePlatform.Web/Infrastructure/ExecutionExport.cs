using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Infrastructure;

/// <summary>Gives executions as CSV to the browser.</summary>
internal static class ExecutionExport
{
    public static void MapExecutionExport(this WebApplication app) => app.MapGet("/executions/export", GetAsync);

    private static Task GetAsync(HttpContext context, ApiConnection api, AuthenticationStateProvider authentication) =>
        ApiProxy.AnswerAsync(
            context,
            authentication,
            () => api.GetRawAsync($"executions/export{context.Request.QueryString}", [], context.RequestAborted),
            _ =>
            {
                context.Response.ContentType = "text/csv; charset=utf-8";
                context.Response.Headers.ContentDisposition = "attachment; filename=executions.csv";
            }
        );
}
