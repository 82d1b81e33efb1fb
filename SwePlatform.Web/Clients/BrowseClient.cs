using System.Globalization;
using System.Net;
using SwePlatform.Web.Components.Pages.Tools.Results;

namespace SwePlatform.Web.Clients;

public sealed record BrowseEntryDto(string Name, string Kind, string Mode, string Id, long? Size)
{
    public bool IsFolder => Kind == "folder";
}

public sealed record BrowseTreeDto(
    string? Commit,
    string Tree,
    string Path,
    string Kind,
    string Mode,
    string Id,
    long? Size,
    string? Target,
    IReadOnlyList<BrowseEntryDto> Entries,
    bool Truncated
)
{
    public bool IsFolder => Kind == "folder";
}

public sealed record HistoryDto(IReadOnlyList<LoggedCommitDto> Items, int Skip, int Limit, bool More);

public sealed record BlamedCommitDto(string Id, CommitAuthorDto Author, DateTimeOffset Date, string Subject);

public sealed record BlamedLinesDto(int StartLine, int EndLine, string Commit, int OriginalLine, string? OriginalPath);

public sealed record BlameDto(string Path, IReadOnlyList<BlamedLinesDto> Lines, IReadOnlyList<BlamedCommitDto> Commits);

public sealed record OutlineSymbolDto(string Kind, string Name, string Signature, int StartLine, int EndLine);

public sealed record OutlinedFileDto(string Path, string Language, IReadOnlyList<OutlineSymbolDto> Symbols);

public sealed record OutlineDto(IReadOnlyList<OutlinedFileDto> Files, string? Note, bool Truncated);

public sealed record BranchDto(string Name, string Commit, DateTimeOffset Date, string Subject, bool IsDefault);

public sealed record TagDto(string Name, string Commit);

public sealed record RefsDto(IReadOnlyList<BranchDto> Branches, IReadOnlyList<TagDto> Tags, bool Truncated);

/// <summary>Files and history of projects.</summary>
internal sealed class BrowseClient(ApiConnection api)
{
    public Task<BrowseTreeDto> TreeAsync(Guid project, string reference, string path, CancellationToken cancellationToken) =>
        api.GetAsync<BrowseTreeDto>(At(project, "tree", reference, ("path", path)), cancellationToken);

    public Task<byte[]> ReadAsync(Guid project, string reference, string path, CancellationToken cancellationToken) =>
        api.GetBytesAsync(At(project, "raw", reference, ("path", path)), cancellationToken);

    public Task<HttpResponseMessage> GetRawAsync(
        Guid project,
        string reference,
        string path,
        bool download,
        IEnumerable<KeyValuePair<string, string>> headers,
        CancellationToken cancellationToken
    ) => api.GetRawAsync(At(project, "raw", reference, ("path", path), ("download", download ? "true" : null)), headers, cancellationToken);

    public Task<HistoryDto> HistoryAsync(
        Guid project,
        string reference,
        string? path,
        string? author,
        int skip,
        int limit,
        CancellationToken cancellationToken
    ) =>
        api.GetAsync<HistoryDto>(
            At(
                project,
                "history",
                reference,
                ("path", path),
                ("author", author),
                ("skip", skip.ToString(CultureInfo.InvariantCulture)),
                ("limit", limit.ToString(CultureInfo.InvariantCulture))
            ),
            cancellationToken
        );

    public Task<BlameDto> BlameAsync(Guid project, string reference, string path, CancellationToken cancellationToken) =>
        api.GetAsync<BlameDto>(At(project, "blame", reference, ("path", path)), cancellationToken);

    public Task<OutlineDto> OutlineAsync(Guid project, string reference, string path, CancellationToken cancellationToken) =>
        api.GetAsync<OutlineDto>(At(project, "outline", reference, ("path", path)), cancellationToken);

    public Task<CodeStatsResultDto> LanguagesAsync(Guid project, string reference, CancellationToken cancellationToken) =>
        api.GetAsync<CodeStatsResultDto>(At(project, "languages", reference), cancellationToken);

    public Task<GitShowResultDto> CommitAsync(Guid project, string commit, CancellationToken cancellationToken) =>
        api.GetAsync<GitShowResultDto>(At(project, "commits", commit), cancellationToken);

    public Task<RefsDto> RefsAsync(Guid project, CancellationToken cancellationToken) =>
        api.GetAsync<RefsDto>($"projects/{project}/refs", cancellationToken);

    private static string At(Guid project, string what, string reference, params (string Name, string? Value)[] query)
    {
        // An address loses such parts on its way, and would then be another one.
        if (reference is "." or ".." or "")
        {
            throw new ApiException("Not Found", $"There is no branch, tag or commit '{reference}'.", HttpStatusCode.NotFound);
        }
        var parameters = query
            .Where(parameter => !string.IsNullOrEmpty(parameter.Value))
            .Aggregate(new QueryString(), (all, parameter) => all.Add(parameter.Name, parameter.Value!));
        return $"projects/{project}/{what}/{Uri.EscapeDataString(reference)}{parameters}";
    }
}
