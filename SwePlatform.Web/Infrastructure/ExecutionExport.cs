using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Infrastructure;

/// <summary>Gives executions as CSV to the browser, which has no token for the API.</summary>
internal static class ExecutionExport
{
    public static void MapExecutionExport(this WebApplication app) => app.MapGet("/executions/export", GetAsync);

    private static async Task GetAsync(HttpContext context, ApiConnection api, AuthenticationStateProvider authentication)
    {
        // Components get this from their renderer; here is none.
        ((IHostEnvironmentAuthenticationStateProvider)authentication).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(context.User))
        );
        try
        {
            using var answer = await api.OpenAsync($"executions/export{context.Request.QueryString}", context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            if (answer.IsSuccessStatusCode)
            {
                context.Response.ContentType = "text/csv; charset=utf-8";
                context.Response.Headers.ContentDisposition = "attachment; filename=executions.csv";
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
        catch (SessionExpiredException)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        catch (ApiException exception) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = exception.Status is { } status ? (int)status : StatusCodes.Status502BadGateway;
        }
    }
}
