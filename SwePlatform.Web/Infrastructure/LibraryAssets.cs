using MudBlazor;

namespace SwePlatform.Web.Infrastructure;

/// <summary>
/// The component library's own files. The SDK compresses a package's files only under their plain names, not
/// under the fingerprinted ones that may be kept for good; the version in the query gives both.
/// </summary>
internal static class LibraryAssets
{
    private const string Folder = "/_content/MudBlazor";

    private static readonly string Version = typeof(MudTheme).Assembly.GetName().Version!.ToString(3);

    public static string Styles { get; } = $"{Folder}/MudBlazor.min.css?v={Version}";

    public static string Script { get; } = $"{Folder}/MudBlazor.min.js?v={Version}";

    public static void UseLibraryAssetCaching(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path.StartsWithSegments(Folder) && context.Request.Query["v"] == Version)
                {
                    context.Response.OnStarting(() =>
                    {
                        context.Response.Headers.CacheControl = "max-age=31536000, immutable";
                        return Task.CompletedTask;
                    });
                }
                return next(context);
            }
        );
}
