using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Features.ApiKeys;

namespace SwePlatform.Api.Features.Tools;

internal static class ToolEndpoints
{
    public static void AddTools(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ToolOptions>().BindConfiguration(ToolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ToolRegistry>();
        builder.Services.AddSingleton<ToolCapacity>();
        builder.Services.AddScoped<ToolRunner>();
    }

    public static void MapTools(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tools").WithTags("Tools");
        group.MapGet("", List).WithSummary("All tools, with the schemas of their arguments");
        group.MapGet("/{name}", Get).WithSummary("One tool");
        group.MapPost("/execute", ExecuteAsync).WithMetadata(new RunsTools()).WithSummary("Run a tool and wait for its result");
    }

    private static Ok<ToolListResponse> List(ToolRegistry registry) =>
        TypedResults.Ok(new ToolListResponse([.. registry.All.Select(tool => tool.Describe())]));

    private static Results<Ok<ToolResponse>, NotFound> Get(string name, ToolRegistry registry) =>
        registry.Find(name) is { } tool ? TypedResults.Ok(tool.Describe()) : TypedResults.NotFound();

    private static async Task<Ok<ExecuteToolResponse>> ExecuteAsync(
        ExecuteToolRequest request, ToolRunner runner, HttpResponse response, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(request, cancellationToken);
        response.Headers["Server-Timing"] = result.Timings.ToServerTiming();
        return TypedResults.Ok(result);
    }
}
