using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Tools;

internal static class ToolEndpoints
{
    public static void AddTools(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(ToolListJson.Default);
        builder.Services.AddSingleton<ToolRegistry>();
        builder.Services.AddSingleton<ToolListCache>();
    }

    public static void MapTools(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tools").WithTags("Tools");
        group.MapGet("", ListAsync).WithSummary("All tools, with the schemas of their arguments");
        group.MapGet("/{name}", GetAsync).WithSummary("One tool");
    }

    private static Task<CachedJsonResult<ToolListResponse>> ListAsync(
        HttpContext http,
        ToolListCache cache,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => cache.GetAsync(user.Id, http.Request, cancellationToken);

    private static async Task<Results<Ok<ToolResponse>, NotFound>> GetAsync(
        string name,
        ToolRegistry registry,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await registry.FindAsync(name, user.Id, cancellationToken) is { } tool ? TypedResults.Ok(tool.Describe()) : TypedResults.NotFound();
}
