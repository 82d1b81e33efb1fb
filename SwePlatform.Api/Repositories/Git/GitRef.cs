using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>A name for a commit that came from outside: a branch, tag, id, or one of these with <c>~n</c> and <c>^n</c>.</summary>
internal static class GitRef
{
    private const int MaxLength = 255;

    /// <summary>Null, or why this is no name for a commit.</summary>
    public static string? Problem(string name) =>
        name.Length is 0 or > MaxLength ? $"A ref has 1 to {MaxLength} characters."
        : name[0] == '-' ? "A ref does not start with '-'."
        : name.Contains("..", StringComparison.Ordinal)
        || name.Contains("@{", StringComparison.Ordinal)
        || name.Contains("//", StringComparison.Ordinal)
            ? "A ref names one commit: a branch, a tag or a commit id."
        : name.Any(character => char.IsControl(character) || " :?*[\\{}\"'".Contains(character, StringComparison.Ordinal))
            ? "A ref has no blanks, control characters or any of : ? * [ \\ { } \" '."
        : null;

    public static void Check(string field, string name)
    {
        if (Problem(name) is { } problem)
        {
            throw RequestException.Invalid(field, problem);
        }
    }

    public static bool IsFullId(string name) => name.Length is 40 or 64 && name.All(char.IsAsciiHexDigitLower);
}
