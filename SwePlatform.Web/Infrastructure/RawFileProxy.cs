using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;

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

    private static Task GetAsync(
        HttpContext context,
        Guid id,
        string reference,
        string path,
        bool? download,
        BrowseClient client,
        AuthenticationStateProvider authentication
    ) =>
        ApiProxy.AnswerAsync(
            context,
            authentication,
            () =>
                client.GetRawAsync(
                    id,
                    reference.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase),
                    path,
                    download == true,
                    Asked
                        .Where(name => context.Request.Headers.ContainsKey(name))
                        .Select(name => KeyValuePair.Create(name, context.Request.Headers[name].ToString())),
                    context.RequestAborted
                ),
            answer =>
            {
                foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
                {
                    if (Answered.Contains(name, StringComparer.OrdinalIgnoreCase))
                    {
                        context.Response.Headers[name] = values.ToString();
                    }
                }
            }
        );
}
