using System.Text;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Toolbox.Git;

/// <summary>Reads a commit's text as Git's <c>%an %s %b</c> and so on would give it.</summary>
internal static class CommitText
{
    // Blank as Git counts it; other white space is text.
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    /// <returns>Null if something about it is unusual, such as another encoding; then Git itself has to be asked.</returns>
    public static GitCommit? Read(GitObject commit)
    {
        var headerEnd = commit.Content.AsSpan().IndexOf("\n\n"u8);
        if (
            headerEnd < 0
            || commit.Content.AsSpan().Contains((byte)0)
            || commit.Content.AsSpan(0, headerEnd).IndexOf("\nencoding "u8) >= 0
            || Read(commit, "author "u8) is not var (author, date)
            || Read(commit, "committer "u8) is not var (committer, committedAt)
        )
        {
            return null;
        }
        var message = Encoding.UTF8.GetString(commit.Content.AsSpan(headerEnd + 2));
        var lines = message.Split('\n');
        var start = FindText(lines, 0);
        var end = start;
        while (end < lines.Length && !IsBlank(lines[end]))
        {
            end++;
        }
        var subject = string.Join(' ', lines[start..end].Select(line => line.TrimEnd(Blanks)));
        return new(
            commit.Id,
            commit.Parents,
            author,
            date,
            committer,
            committedAt,
            subject,
            string.Join('\n', lines[FindText(lines, end)..]).TrimEnd('\n')
        );
    }

    private static (GitPerson Person, DateTimeOffset Date)? Read(GitObject commit, ReadOnlySpan<byte> prefix) =>
        commit.Signature(prefix) is var (name, email, time) ? (new(name, email), DateTimeOffset.FromUnixTimeSeconds(time)) : null;

    private static int FindText(string[] lines, int from)
    {
        while (from < lines.Length && IsBlank(lines[from]))
        {
            from++;
        }
        return from;
    }

    private static bool IsBlank(string line) => line.AsSpan().IndexOfAnyExcept(Blanks) < 0;
}
