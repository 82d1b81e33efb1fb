namespace SwePlatform.Api.Repositories.Git;

/// <summary>A path inside a repository that came from outside.</summary>
internal static class RepoPath
{
    private const int MaxLength = 4096;

    /// <summary>Null, or why this is no path inside a repository.</summary>
    public static string? Problem(string path) =>
        path.Length > MaxLength ? $"A path has at most {MaxLength} characters."
        : path.StartsWith('/') || path.StartsWith('\\') || (path.Length > 1 && path[1] == ':')
            ? "Paths are relative to the root of the repository."
        : path.Contains('\0', StringComparison.Ordinal) ? "A path has no NUL character."
        : path.Split('/').Contains("..") ? "A path has no '..'."
        : null;

    /// <summary>The path as Git writes it: no <c>./</c>, no slash at the end; empty for the root.</summary>
    public static string Normalize(string? path) =>
        path is null ? "" : string.Join('/', path.Split('/').Where(part => part.Length > 0 && part != "."));
}
