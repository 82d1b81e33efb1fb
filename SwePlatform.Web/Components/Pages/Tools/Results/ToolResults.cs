using System.Text.Json;

namespace SwePlatform.Web.Components.Pages.Tools.Results;

internal static class ToolResults
{
    /// <summary>A member that is missing makes the result one that has no view, instead of a view that fails.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}

public sealed record ProcessResultDto(int ExitCode, string Stdout, string Stderr, bool Truncated, double DurationMs);

public sealed record CodeSearchResultDto(IReadOnlyList<CodeMatchDto> Matches, int FilesSearched, bool Truncated);

/// <summary>A match; <paramref name="Column"/> (from 1) and <paramref name="Length"/> count bytes of UTF-8.</summary>
public sealed record CodeMatchDto(
    string Path,
    int Line,
    int Column,
    string Text,
    int Length = 0,
    IReadOnlyList<string>? Before = null,
    IReadOnlyList<string>? After = null
);

public sealed record FilesListResultDto(IReadOnlyList<ListedFileDto> Files, bool Truncated);

public sealed record ListedFileDto(string Path, long Size);

public sealed record FilesReadResultDto(string Path, int StartLine, int EndLine, int TotalLines, string Text, bool Truncated = false);

public sealed record CommitAuthorDto(string Name, string Email);

public sealed record GitLogResultDto(IReadOnlyList<LoggedCommitDto> Commits);

public sealed record LoggedCommitDto(string Id, CommitAuthorDto Author, DateTimeOffset Date, string Subject, string? Body = null);

public sealed record GitShowResultDto(
    string Id,
    CommitAuthorDto Author,
    DateTimeOffset Date,
    string Subject,
    IReadOnlyList<ChangedFileDto> Files,
    string Patch,
    bool PatchTruncated = false,
    string? Body = null
);

/// <summary>A file in a commit; a binary one has no line counts.</summary>
public sealed record ChangedFileDto(string Path, string Status, int? Additions = null, int? Deletions = null, string? OldPath = null);

public sealed record CodeStatsResultDto(IReadOnlyList<LanguageStatsDto> Languages, LanguageStatsDto Total);

public sealed record LanguageStatsDto(int Files, long Lines, long Blank, long Comment, long Code, string? Language = null);
