using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Infrastructure;

/// <summary>
/// Gives files of a repository to the browser, which has no token for the API. The API decides what a browser may take them for;
/// what it says of that is passed on with them.
/// </summary>
internal static class RawFileProxy
{
    private static readonly string[] Asked = ["If-None-Match", "Range"];

    private static readonly string[] Answered =
    [
        "Accept-Ranges",
        "Cache-Control",
        "Content-Disposition",
        "Content-Length",
        "Content-Range",
        "Content-Security-Policy",
        "Content-Type",
        "Cross-Origin-Resource-Policy",
        "ETag",
    ];

    public static void MapRawFiles(this WebApplication app) => app.MapGet("/projects/{id:guid}/raw/{reference}/{**path}", GetAsync);

    private static async Task GetAsync(
        HttpContext context,
        Guid id,
        string reference,
        string path,
        bool? download,
        BrowseClient client,
        AuthenticationStateProvider authentication
    )
    {
        // Components get this from their renderer; here is none.
        ((IHostEnvironmentAuthenticationStateProvider)authentication).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(context.User))
        );
        try
        {
            using var answer = await client.GetRawAsync(
                id,
                reference.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase),
                path,
                download == true,
                Asked
                    .Where(name => context.Request.Headers.ContainsKey(name))
                    .Select(name => KeyValuePair.Create(name, context.Request.Headers[name].ToString())),
                context.RequestAborted
            );
            context.Response.StatusCode = (int)answer.StatusCode;
            if (!answer.IsSuccessStatusCode && answer.StatusCode != System.Net.HttpStatusCode.NotModified)
            {
                return;
            }
            foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            {
                if (Answered.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    context.Response.Headers[name] = values.ToString();
                }
            }
            if (answer.StatusCode != System.Net.HttpStatusCode.NotModified)
            {
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
