using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Features.Imports.OpenApi;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Imports;

internal static class ImportEndpoints
{
    /// <summary>Documents are large, and larger still as text in JSON.</summary>
    private const int MaxBodyBytes = 40 * 1024 * 1024;

    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(ImportJson.Default);
        builder
            .Services.AddOptions<OutboundOptions>()
            .BindConfiguration(OutboundOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<HostResolver>(Dns.GetHostAddressesAsync);
        builder.Services.AddSingleton<OutboundGuard>();
        builder.Services.AddSingleton<OutboundClient>();
        builder.Services.AddSingleton<CredentialVault>();
        builder.Services.AddSingleton<DocumentSource>();
        builder.Services.AddSingleton<ImportedTools>();
        builder.Services.AddSingleton<IToolSource>(services => services.GetRequiredService<ImportedTools>());
        builder.Services.AddScoped<ImportEditor>();
    }

    public static void MapImports(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tools/imports").WithTags("Tools");
        group.MapGet("", ListAsync).WithSummary("The APIs that were imported as tools, newest first");
        group
            .MapPost("", CreateAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Make every operation of an OpenAPI document a tool")
            .WithDescription(
                "Takes OpenAPI 3.0, 3.1 and 3.2, as JSON or YAML, by address or as it is. The tools are the caller's own, "
                    + "unless an administrator shares them. "
                    + "An API key needs the scope 'write' for this, and 'execute' to run the tools."
            );
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One import, with the operations that became no tools");
        group.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Change where an import calls, its credential, or who has its tools");
        group.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Remove an import with its tools");
        group
            .MapPost("/{id:guid}/refresh", RefreshAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Read the document again, and say which tools that changes");
    }

    private static async Task<Ok<PagedList<ImportResponse>>> ListAsync(
        [AsParameters] Page page,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        var imports = data.ToolImports.AsNoTracking().Where(import => user.IsAdmin || import.UserId == user.Id || import.Shared);
        var total = await imports.LongCountAsync(cancellationToken);
        var items = await imports
            .OrderByDescending(import => import.Id)
            .Skip(page.Skip)
            .Take(page.Limit)
            .Select(import => new ImportResponse(
                import.Id,
                import.UserId,
                import.Name,
                import.Title,
                import.OpenApiVersion,
                import.UserId == user.Id || user.IsAdmin ? import.SpecUrl : null,
                import.BaseUrl,
                import.Credential != null,
                import.Shared,
                import.ToolCount,
                import.SkippedCount,
                null,
                import.CreatedAt,
                import.UpdatedAt
            ))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new PagedList<ImportResponse>(items, page.Skip, page.Limit, total));
    }

    private static async Task<Created<ImportResponse>> CreateAsync(
        CreateImportRequest request,
        ImportEditor editor,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var import = await editor.CreateAsync(request, cancellationToken);
        await audit.RecordAsync(
            "tools.import",
            import.Id.ToString(),
            details: new
            {
                import.Name,
                import.BaseUrl,
                hasCredential = import.Credential is not null,
                tools = import.ToolCount,
                skipped = import.SkippedCount,
            },
            actor: user
        );
        return TypedResults.Created($"/api/v1/tools/imports/{import.Id}", Describe(import));
    }

    private static async Task<Results<Ok<ImportResponse>, NotFound>> GetAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await data.ToolImports.AsNoTracking().ManagedBy(user).FirstOrDefaultAsync(import => import.Id == id, cancellationToken) is { } found
            ? TypedResults.Ok(Describe(found))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<ImportResponse>, NotFound>> ChangeAsync(
        Guid id,
        ChangeImportRequest request,
        SweDbContext data,
        ImportEditor editor,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, data, user, cancellationToken) is not { } import)
        {
            return TypedResults.NotFound();
        }
        await editor.ChangeAsync(import, request, cancellationToken);
        await audit.RecordAsync(
            "tools.import.change",
            id.ToString(),
            details: new
            {
                import.Name,
                import.BaseUrl,
                import.Shared,
                hasCredential = import.Credential is not null,
                newCredential = request.Credential is not null,
            },
            actor: user
        );
        return TypedResults.Ok(Describe(import));
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        SweDbContext data,
        ImportedTools tools,
        ToolListCache lists,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var name = await data
            .ToolImports.ManagedBy(user)
            .Where(import => import.Id == id)
            .Select(import => import.Name)
            .FirstOrDefaultAsync(cancellationToken);
        if (
            name is null
            || await data.ToolImports.ManagedBy(user).Where(import => import.Id == id).ExecuteDeleteAsync(cancellationToken) == 0
        )
        {
            return TypedResults.NotFound();
        }
        tools.Refresh();
        await lists.ForgetAsync();
        await audit.RecordAsync("tools.import.delete", id.ToString(), details: new { name }, actor: user);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<RefreshResponse>, NotFound>> RefreshAsync(
        Guid id,
        RefreshImportRequest? request,
        [AsParameters] RefreshQuery query,
        SweDbContext data,
        ImportEditor editor,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, data, user, cancellationToken) is not { } import)
        {
            return TypedResults.NotFound();
        }
        var spec = request?.Spec is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given : (JsonElement?)null;
        var changes = await editor.RefreshAsync(import, spec, query.DryRun, cancellationToken);
        if (!query.DryRun)
        {
            await audit.RecordAsync(
                "tools.import.refresh",
                id.ToString(),
                details: new
                {
                    import.Name,
                    added = changes.Added.Count,
                    removed = changes.Removed.Count,
                    changed = changes.Changed.Count,
                },
                actor: user
            );
        }
        return TypedResults.Ok(changes);
    }

    private static Task<ToolImport?> FindAsync(Guid id, SweDbContext data, CurrentUser user, CancellationToken cancellationToken) =>
        data.ToolImports.AsTracking().ManagedBy(user).FirstOrDefaultAsync(import => import.Id == id, cancellationToken);

    private static ImportResponse Describe(ToolImport import) =>
        new(
            import.Id,
            import.UserId,
            import.Name,
            import.Title,
            import.OpenApiVersion,
            import.SpecUrl,
            import.BaseUrl,
            import.Credential is not null,
            import.Shared,
            import.ToolCount,
            import.SkippedCount,
            JsonSerializer.Deserialize<List<SkippedOperation>>(import.Skipped, ToolJson.Options),
            import.CreatedAt,
            import.UpdatedAt
        );
}
