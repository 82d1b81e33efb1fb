using Microsoft.AspNetCore.Components;

namespace SwePlatform.Web.Infrastructure;

/// <summary>Tells anyone what a first page loads, so that its weight can be watched without signing in.</summary>
internal static class AssetList
{
    public sealed record Listing(IReadOnlyList<string> Assets);

    public static void MapAssetList(this WebApplication app)
    {
        IEndpointRouteBuilder routes = app;
        app.MapGet("/assets.json", () => TypedResults.Ok(Create(routes.DataSources.SelectMany(source => source.Endpoints))))
            .AllowAnonymous();
    }

    private static Listing Create(IEnumerable<Endpoint> endpoints)
    {
        // The same collection that pages take the fingerprinted names from.
        var names = endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<ResourceAssetCollection>())
            .FirstOrDefault(collection => collection is not null);
        return new([
            .. PageAssets
                .Styles(interactive: true)
                .Append(PageAssets.ThemeScript)
                .Concat(PageAssets.Scripts)
                .Select(name => names?[name] ?? name)
                .Select(name => name.StartsWith('/') ? name : "/" + name),
        ]);
    }
}
