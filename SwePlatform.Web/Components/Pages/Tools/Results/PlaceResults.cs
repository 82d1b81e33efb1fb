namespace SwePlatform.Web.Components.Pages.Tools.Results;

public sealed record BlamedCommitResultDto(string Id, CommitAuthorDto Author, DateTimeOffset Date, string Subject);

public sealed record BlamedLinesResultDto(int StartLine, int EndLine, string Commit, int OriginalLine, string? OriginalPath = null);

public sealed record GitBlameResultDto(
    string Path,
    IReadOnlyList<BlamedLinesResultDto> Lines,
    IReadOnlyList<BlamedCommitResultDto> Commits
);

public sealed record DuplicatePlaceDto(string Path, int StartLine, int EndLine);

public sealed record DuplicateDto(int Lines, IReadOnlyList<DuplicatePlaceDto> Occurrences);

public sealed record CodeDuplicatesResultDto(IReadOnlyList<DuplicateDto> Duplicates, int FilesCompared, bool Truncated);

public sealed record HotspotDto(string Path, int Commits, int Authors, int Lines, double Score);

public sealed record CodeHotspotsResultDto(IReadOnlyList<HotspotDto> Files, int CommitsRead, DateTimeOffset Since);

public sealed record SymbolResultDto(string Kind, string Name, string Signature, int StartLine, int EndLine);

public sealed record OutlinedFileResultDto(string Path, string Language, IReadOnlyList<SymbolResultDto> Symbols);

public sealed record CodeOutlineResultDto(IReadOnlyList<OutlinedFileResultDto> Files, bool Truncated, string? Note = null);

public sealed record TestCountsDto(int Total, int Passed, int Failed, int Skipped);

/// <summary>A test that failed; <paramref name="File"/> is a path in the repository.</summary>
public sealed record TestFailureDto(string Name, string Message, string? Stack = null, string? File = null, int? Line = null);

public sealed record BuildErrorDto(string Message, string? File = null, int? Line = null, int? Column = null, string? Code = null);

/// <summary>What a build or a test run came to; a build has no counts and no failures.</summary>
public sealed record ProgramReportDto(
    IReadOnlyList<string> Command,
    bool Success,
    int ExitCode,
    IReadOnlyList<BuildErrorDto> Errors,
    string Output,
    bool Truncated,
    long DurationMs,
    TestCountsDto? Counts = null,
    IReadOnlyList<TestFailureDto>? Failures = null,
    bool FailuresTruncated = false
);
