using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Diagnostics;

internal static class DiagnosticsEndpoints
{
    public static void AddDiagnostics(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(DiagnosticsJson.Default);
        var services = builder.Services;
        services.AddSingleton<LogTally>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogTally>());
        services.AddSingleton<DatabaseChecks>();
        services.AddSingleton<CacheChecks>();
        services.AddSingleton<HttpChecks>();
        services.AddSingleton<ResourceChecks>();
        services.AddSingleton<OperationChecks>();
        services.AddSingleton<CheckRunner>();
    }

    public static void MapDiagnostics(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/performance").WithTags("Performance").RequireAuthorization(Policies.Admin);
        group.MapGet("/checklist", ChecklistAsync).WithSummary("The checklist of optimizations, probed now");
        group.MapGet("/diagnosis", DiagnoseAsync).WithSummary("What commonly goes wrong, probed now");
    }

    private static async Task<Ok<CheckReport>> ChecklistAsync(CheckRunner runner, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await runner.ChecklistAsync(Authorization(http.Request), cancellationToken));

    private static async Task<Ok<CheckReport>> DiagnoseAsync(CheckRunner runner, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await runner.DiagnoseAsync(Authorization(http.Request), cancellationToken));

    private static string Authorization(HttpRequest request) =>
        request.Headers.TryGetValue("X-API-Key", out var key) ? $"Bearer {key}" : request.Headers.Authorization.ToString();
}
