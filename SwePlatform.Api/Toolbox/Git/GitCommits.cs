using System.Globalization;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitPerson(string Name, string Email);

/// <param name="Date">When it was written (author date), in UTC.</param>
/// <param name="CommittedAt">When it was committed, in UTC.</param>
internal sealed record GitCommit(
    string Id,
    IReadOnlyList<string> Parents,
    GitPerson Author,
    DateTimeOffset Date,
    GitPerson Committer,
    DateTimeOffset CommittedAt,
    string Subject,
    string Body
);

/// <summary>Reads commits from what Git prints: fields and commits end with NUL, which no field can hold.</summary>
internal static class GitCommits
{
    /// <summary>For <c>git log -z</c> and <c>git show -z</c>; ends with a separator of its own.</summary>
    public const string Format = "--format=format:%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%s%x00%b%x00";

    public const int Fields = 10;

    private const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>One commit, whatever is strange about it.</summary>
    public static async Task<GitCommit> ReadAsync(ToolContext context, string id, CancellationToken cancellationToken)
    {
        var output = await context.Clone.GitAsync(
            ["show", "--no-patch", "-z", Format, "--end-of-options", id],
            MaxBytes,
            cancellationToken
        );
        return Read(output.Text.Split('\0').AsSpan(0, Fields));
    }

    public static GitCommit Read(ReadOnlySpan<string> fields) =>
        new(
            fields[0],
            fields[1].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new(fields[2], fields[3]),
            ReadDate(fields[4]),
            new(fields[5], fields[6]),
            ReadDate(fields[7]),
            fields[8],
            fields[9].TrimEnd('\n')
        );

    // Git prints no date for a commit that has none.
    private static DateTimeOffset ReadDate(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUniversalTime()
            : DateTimeOffset.UnixEpoch;
}
