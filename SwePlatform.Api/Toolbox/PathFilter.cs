using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Toolbox;

/// <summary>Chooses files of a snapshot: below a folder, by globs.</summary>
internal sealed class PathFilter
{
    private readonly string _folder;
    private readonly PathGlob[] _include;
    private readonly PathGlob[] _exclude;

    public PathFilter(string? folder = null, IEnumerable<string>? include = null, IEnumerable<string>? exclude = null)
    {
        _folder = RepoPath.Normalize(folder);
        _include = [.. (include ?? []).Select(PathGlob.Create)];
        _exclude = [.. (exclude ?? []).Select(PathGlob.Create)];
    }

    public bool IsMatch(string path) =>
        IsBelow(path) && (_include.Length == 0 || _include.Any(glob => glob.IsMatch(path))) && !_exclude.Any(glob => glob.IsMatch(path));

    private bool IsBelow(string path) =>
        _folder.Length == 0 || path == _folder || (path.StartsWith(_folder, StringComparison.Ordinal) && path[_folder.Length] == '/');

    public static void Check(string field, IReadOnlyList<string>? globs, ArgumentProblems problems)
    {
        for (var index = 0; index < (globs?.Count ?? 0); index++)
        {
            problems.Add($"{field}[{index}]", PathGlob.Problem(globs![index]));
        }
    }
}
