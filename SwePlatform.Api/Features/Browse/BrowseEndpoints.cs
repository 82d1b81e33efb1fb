using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Code;
using SwePlatform.Api.Toolbox.Git;

namespace SwePlatform.Api.Features.Browse;

/// <summary>The files and the history of a project, for people who look around in it.</summary>
internal static class BrowseEndpoints
{
    private const int MaxEntries = 10_000;
    private const int MaxTargetBytes = 4096;

    public static void AddBrowse(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(BrowseJson.Default);
        builder.Services.AddScoped<BrowseTargets>();
        builder.Services.AddScoped<ToolViews>();
    }

    public static void MapBrowse(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/projects/{id:guid}").WithTags("Files and history");
        // A ref comes last, since it may have slashes.
        group.MapGet("/tree/{**reference}", GetTreeAsync).WithSummary("What is at a path of a branch, tag, commit or workspace");
        group
            .MapGet("/raw/{**reference}", RawFiles.GetAsync)
            .WithSummary("A file as it is")
            .Produces(StatusCodes.Status200OK)
            .Produces(StatusCodes.Status304NotModified);
        group.MapGet("/history/{**reference}", GetHistoryAsync).WithSummary("Commits, newest first, by path and author");
        group.MapGet("/blame/{**reference}", GetBlameAsync).WithSummary("In which commit each line of a file was last changed");
        group.MapGet("/outline/{**reference}", GetOutlineAsync).WithSummary("Types and members of a file");
        group.MapGet("/languages/{**reference}", GetLanguagesAsync).WithSummary("Files and lines by language");
        group.MapGet("/commits/{commit}", GetCommitAsync).WithSummary("One commit, and what it changed");
        group.MapGet("/refs", GetRefsAsync).WithSummary("Branches, last changed first, and tags, newest first");
    }

    /// <exception cref="RequestException">400: it is no path inside a repository.</exception>
    public static string Normalize(string? path) =>
        path is not null && RepoPath.Problem(path) is { } problem
            ? throw RequestException.Invalid("path", problem)
            : RepoPath.Normalize(path);

    private static async Task<Ok<BrowseTreeResponse>> GetTreeAsync(
        Guid id,
        string reference,
        [AsParameters] BrowseQuery query,
        HttpContext http,
        BrowseTargets targets,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        var path = Normalize(query.Path);
        var (target, tree) = await BrowseLimits.RunAsync(
            user,
            async token =>
            {
                var target = await targets.FindAsync(id, reference, token);
                return (target, await ReadTreeAsync(target, path, token));
            },
            cancellationToken
        );
        http.Response.Headers.CacheControl = target.IsPermanent ? "private, max-age=31536000, immutable" : "private, no-cache";
        return tree is null ? throw RequestException.NotFound($"There is nothing at '{path}' of '{reference}'.") : TypedResults.Ok(tree);
    }

    private static async Task<BrowseTreeResponse?> ReadTreeAsync(BrowseTarget target, string path, CancellationToken cancellationToken)
    {
        if (await target.Repository.FindItemAsync(target.Tree, path, cancellationToken) is not { } item)
        {
            return null;
        }
        var kind = KindOf(item);
        var (entries, truncated) = kind == BrowseKind.Folder ? await ListAsync(target.Repository, item.Id, cancellationToken) : ([], false);
        long? size = kind is BrowseKind.Folder or BrowseKind.Submodule
            ? null
            : (await target.Repository.ReadSizesAsync([item.Id], cancellationToken))[0];
        var link = kind == BrowseKind.Symlink ? await target.Repository.ReadFileAsync(item.Id, MaxTargetBytes, cancellationToken) : null;
        return new(
            target.Commit,
            target.Tree,
            path,
            kind,
            item.Mode,
            item.Id,
            size,
            link is null ? null : System.Text.Encoding.UTF8.GetString(link),
            entries,
            truncated
        );
    }

    private static async Task<(IReadOnlyList<BrowseEntry> Entries, bool Truncated)> ListAsync(
        Clone clone,
        string tree,
        CancellationToken cancellationToken
    )
    {
        var items = await clone.ListFolderAsync(tree, cancellationToken);
        var shown = items
            .OrderBy(item => item.IsFolder ? 0 : 1)
            .ThenBy(item => item.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(item => item.Name, StringComparer.Ordinal)
            .Take(MaxEntries)
            .ToList();
        var files = shown.Where(item => !item.IsFolder && !item.IsSubmodule).Select(item => item.Id).Distinct().ToList();
        var sizes = files.Zip(await clone.ReadSizesAsync(files, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
        return (
            shown.ConvertAll(item => new BrowseEntry(item.Name, KindOf(item), item.Mode, item.Id, sizes.GetValueOrDefault(item.Id))),
            items.Count > MaxEntries
        );
    }

    private static BrowseKind KindOf(TreeItem item) =>
        item.IsFolder ? BrowseKind.Folder
        : item.IsSubmodule ? BrowseKind.Submodule
        : item.Mode == TreeFile.SymlinkMode ? BrowseKind.Symlink
        : BrowseKind.File;

    private static async Task<Ok<HistoryResponse>> GetHistoryAsync(
        Guid id,
        string reference,
        [AsParameters] HistoryQueryParameters query,
        ToolViews views,
        CancellationToken cancellationToken
    )
    {
        // One more tells whether there are more.
        var arguments = new GitLogArguments(query.Path, query.Author, MaxCount: query.Skip + query.Limit + 1);
        var commits = (await views.RunAsync(id, reference, views.Find<GitLog>(), arguments, cancellationToken)).Commits;
        var items = commits.Skip(query.Skip).Take(query.Limit).ToList();
        return TypedResults.Ok(new HistoryResponse(items, query.Skip, query.Limit, commits.Count > query.Skip + query.Limit));
    }

    private static async Task<Ok<GitBlameResult>> GetBlameAsync(
        Guid id,
        string reference,
        [AsParameters] BrowseQuery query,
        ToolViews views,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await views.RunAsync(id, reference, views.Find<GitBlame>(), new GitBlameArguments(Required(query)), cancellationToken)
        );

    private static async Task<Ok<CodeOutlineResult>> GetOutlineAsync(
        Guid id,
        string reference,
        [AsParameters] BrowseQuery query,
        ToolViews views,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await views.RunAsync(id, reference, views.Find<CodeOutline>(), new CodeOutlineArguments(Required(query)), cancellationToken)
        );

    private static async Task<Ok<CodeStatsResult>> GetLanguagesAsync(
        Guid id,
        string reference,
        ToolViews views,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await views.RunAsync(id, reference, views.Find<CodeStats>(), new CodeStatsArguments(), cancellationToken));

    private static async Task<Ok<GitShowResult>> GetCommitAsync(
        Guid id,
        string commit,
        ToolViews views,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await views.RunAsync(id, commit, views.Find<GitShow>(), new GitShowArguments(commit), cancellationToken));

    private static async Task<Ok<GitBranchesResult>> GetRefsAsync(Guid id, ToolViews views, CancellationToken cancellationToken) =>
        TypedResults.Ok(await views.RunAsync(id, null, views.Find<GitBranches>(), new GitBranchesArguments(), cancellationToken));

    private static string Required(BrowseQuery query) =>
        Normalize(query.Path) is { Length: > 0 } path ? path : throw RequestException.Invalid("path", "Name a file.");
}
