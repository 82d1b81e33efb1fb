using System.Text;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>The lines of a file that a patch is for, where hunks look for their place.</summary>
internal sealed class PatchedSource
{
    private const int MaxBytes = 8 * 1024 * 1024;
    private const long MaxComparisons = 50_000_000;

    private static readonly Func<string, string, bool>[] Likenesses =
    [
        static (line, wanted) => line == wanted,
        static (line, wanted) => line.AsSpan().TrimEnd().SequenceEqual(wanted.AsSpan().TrimEnd()),
        static (line, wanted) => line.AsSpan().Trim().SequenceEqual(wanted.AsSpan().Trim()),
    ];

    private readonly string _path;
    private int _from;

    private PatchedSource(string path, string text)
    {
        _path = path;
        Lines = text.Length == 0 ? [] : text.Split('\n');
        EndsWithFeed = text.EndsWith('\n');
        Lines = EndsWithFeed ? Lines[..^1] : Lines;
        HasCarriageReturns = Lines.Length > 0 && Lines.All(line => line.EndsWith('\r'));
    }

    public string[] Lines { get; }

    public bool EndsWithFeed { get; }

    public bool HasCarriageReturns { get; }

    /// <exception cref="ToolException">There is no such file, or none of text.</exception>
    public static PatchedSource Read(Workspace workspace, string path)
    {
        if (WorktreePath.Problem(path) is { } problem)
        {
            throw Failed($"{path}: {problem}");
        }
        var file = WorkspaceFiles.Find(workspace, path);
        return FileKinds.OfEntry(file) switch
        {
            FileKind.Missing => throw Failed($"{path}: the file does not exist."),
            FileKind.Regular when new FileInfo(file).Length <= MaxBytes => new(path, File.ReadAllText(file, Encoding.UTF8)),
            _ => throw Failed($"{path}: there is no file of text of a size that is compared."),
        };
    }

    public static ToolException Failed(string why) => new("patch_failed", $"Nothing was changed. {why}");

    /// <summary>Goes on looking behind a line that a hunk names, such as the head of a method.</summary>
    public void SkipTo(string heading, string hunk)
    {
        var found = Array.FindIndex(Lines, _from, line => line.Trim() == heading);
        found = found >= 0 ? found : Array.FindIndex(Lines, _from, line => line.Contains(heading, StringComparison.Ordinal));
        _from = found >= 0 ? found : throw Failed($"{hunk}: there is no line '{heading}'{Behind()}.");
    }

    /// <summary>Where lines are, behind those of the hunk before.</summary>
    /// <param name="atEnd">They are the last of the file.</param>
    /// <param name="unique">They have to be there just once; a heading says so else.</param>
    public int Find(IReadOnlyList<string> wanted, bool atEnd, bool unique, string hunk)
    {
        if (wanted.Count == 0)
        {
            return Lines.Length;
        }
        if ((long)Lines.Length * wanted.Count > MaxComparisons)
        {
            throw Failed($"{hunk}: it is too large to be looked for; give its line numbers.");
        }
        foreach (var isLike in Likenesses)
        {
            var places = Places(wanted, atEnd, isLike).Take(2).ToList();
            if (places.Count > 1 && unique)
            {
                throw Failed(
                    $"{hunk}: its lines are there more than once, at lines {places[0] + 1} and {places[1] + 1}: add lines around them."
                );
            }
            if (places.Count > 0)
            {
                _from = places[0] + wanted.Count;
                return places[0];
            }
        }
        throw Failed(
            $"{hunk}: its lines are not in the file{Behind()}. {NearestText.Describe(string.Join('\n', wanted), string.Join('\n', Lines))}"
        );
    }

    private IEnumerable<int> Places(IReadOnlyList<string> wanted, bool atEnd, Func<string, string, bool> isLike)
    {
        for (var start = atEnd ? Math.Max(_from, Lines.Length - wanted.Count) : _from; start + wanted.Count <= Lines.Length; start++)
        {
            var index = 0;
            while (index < wanted.Count && isLike(Lines[start + index], wanted[index]))
            {
                index++;
            }
            if (index == wanted.Count)
            {
                yield return start;
            }
        }
    }

    private string Behind() => _from > 0 ? $" behind line {_from}" : "";
}
