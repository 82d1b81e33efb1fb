using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Toolbox.Git;

namespace SwePlatform.Api.Features.Browse;

/// <summary>What something in a repository is.</summary>
public enum BrowseKind
{
    File,
    Folder,
    Symlink,
    Submodule,
}

/// <param name="Path">Relative to the root; the root itself if absent.</param>
public sealed record BrowseQuery(
    [property: StringLength(4096), Description("Path relative to the root of the repository; the root itself if absent.")]
        string? Path = null
);

/// <param name="Download">Whether a browser is to store the file rather than show it.</param>
public sealed record RawFileQuery(
    [property: Required, StringLength(4096, MinimumLength = 1), Description("Path of the file, relative to the root of the repository.")]
        string Path,
    [property: Description("Whether a browser is to store the file rather than show it.")] bool Download = false
);

public sealed record HistoryQueryParameters(
    [property: StringLength(4096), Description("Only commits that changed this file or folder.")] string? Path = null,
    [property: StringLength(200), Description("Only commits whose author's name or email contains this text.")] string? Author = null,
    [property: Range(0, 9000), Description("How many commits to leave out at the start.")] int Skip = 0,
    [property: Range(1, 500), Description("How many commits to return at most.")] int Limit = 50
);

/// <param name="Mode">As Git writes it, such as <c>100755</c> for a file that can be executed.</param>
/// <param name="Id">Id of the object in Git; of a submodule, the commit that it is at.</param>
/// <param name="Size">In bytes; null for what is no file.</param>
public sealed record BrowseEntry(string Name, BrowseKind Kind, string Mode, string Id, long? Size);

/// <param name="Commit">What the ref stands for; null if a tree was named. A workspace may have more than its commit has.</param>
/// <param name="Tree">The files that were read: <c>tree:</c> and this id is a ref that always reads the same.</param>
/// <param name="Target">Where a symbolic link points to.</param>
/// <param name="Entries">What a folder holds: folders first, then by name.</param>
/// <param name="Truncated">Whether it holds more.</param>
public sealed record BrowseTreeResponse(
    string? Commit,
    string Tree,
    string Path,
    BrowseKind Kind,
    string Mode,
    string Id,
    long? Size,
    string? Target,
    IReadOnlyList<BrowseEntry> Entries,
    bool Truncated
);

/// <param name="More">Whether there are further commits.</param>
internal sealed record HistoryResponse(IReadOnlyList<GitCommit> Items, int Skip, int Limit, bool More);
