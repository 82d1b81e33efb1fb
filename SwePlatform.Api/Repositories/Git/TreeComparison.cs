using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>Two trees to compare.</summary>
/// <param name="Path">Only this file or folder.</param>
/// <param name="ContextLines">Unchanged lines around each change.</param>
/// <param name="MaxPatchBytes">How much of the patch is wanted.</param>
internal sealed record TreeQuery(string From, string To, int MaxPatchBytes, string? Path = null, int ContextLines = TreeQuery.UsualContext)
{
    public const int UsualContext = 3;

    /// <summary>Whether it is asked as nearly always.</summary>
    public bool Usual => string.IsNullOrEmpty(Path) && ContextLines == UsualContext;
}

/// <summary>What <c>git diff-tree</c> says of two trees: a list of files for a program to read, and the patch.</summary>
/// <param name="Fields">The files as <c>-z --raw --numstat</c> prints them, split at the NULs.</param>
/// <param name="Patch">The patch, or as much of its beginning as was asked for.</param>
internal sealed record TreeDifference(string[] Fields, string Patch, bool PatchTruncated);

/// <summary>More files differ than can be listed.</summary>
internal sealed class TooManyDifferencesException : Exception;

/// <summary>Compares trees with <c>git diff-tree</c>.</summary>
internal static class TreeComparison
{
    private const int MaxListBytes = 16 * 1024 * 1024;
    private const int ChunkBytes = 64 * 1024;

    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    private const string EmptyTreeSha256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

    public static readonly string[] Options =
    [
        "-r",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--find-renames",
        "-z",
        "--raw",
        "--numstat",
        "--no-abbrev",
        "--patch",
    ];

    public static string Unified(int lines) => string.Create(CultureInfo.InvariantCulture, $"--unified={lines}");

    /// <summary>The tree without files, in the repository that an id is from. Git knows it without having it.</summary>
    public static string EmptyTreeLike(string id) => id.Length == EmptyTree.Length ? EmptyTree : EmptyTreeSha256;

    /// <summary>Compares through a <c>git diff-tree --stdin</c>.</summary>
    /// <exception cref="IOException">Git has ended.</exception>
    /// <exception cref="TooManyDifferencesException">The list alone is too long; Git has been ended.</exception>
    public static TreeDifference Compare(GitBatch batch, TreeQuery question)
    {
        // Git repeats a line that is no question. File names can be made to look like anything, but not like this one.
        var end = $"end {RandomNumberGenerator.GetHexString(32, lowercase: true)}\n";
        var header = $"{question.From} {question.To}\n";
        batch.Ask(header + end);
        var output = new Collector(Encoding.UTF8.GetBytes(end), question.MaxPatchBytes);
        var chunk = new byte[ChunkBytes];
        while (!output.Ended)
        {
            var read = batch.Read(chunk);
            if (read == 0)
            {
                throw new EndOfStreamException();
            }
            output.Add(chunk.AsSpan(0, read));
            if (output.Full && !output.Ended)
            {
                batch.Kill();
                break;
            }
        }
        return output.Content.StartsWith(Encoding.UTF8.GetBytes(header))
            ? output.Read(header.Length)
            : throw new GitException("One of the trees is missing from the repository.");
    }

    /// <summary>Compares by a process of its own, for what is asked rarely.</summary>
    /// <exception cref="TooManyDifferencesException">The list alone is too long.</exception>
    public static async Task<TreeDifference> CompareAsync(
        GitProcess git,
        string gitDir,
        TreeQuery question,
        CancellationToken cancellationToken
    )
    {
        string[] paths = question.Path is { Length: > 0 } path ? ["--", path] : [];
        var output = await git.RunAsync(
            gitDir,
            ["diff-tree", .. Options, Unified(question.ContextLines), question.From, question.To, .. paths],
            cancellationToken,
            MaxListBytes + question.MaxPatchBytes
        );
        var collector = new Collector([], question.MaxPatchBytes);
        collector.Add(output.Output);
        return collector.Read(0, output.Truncated);
    }

    /// <summary>Takes bytes until the end mark, or until there are enough of them.</summary>
    private sealed class Collector(byte[] end, int maxPatchBytes)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(ChunkBytes);
        private int _listEnd = -1;
        private int _scanned;

        public ReadOnlySpan<byte> Content => _bytes.WrittenSpan;

        public bool Ended => end.Length > 0 && Content.EndsWith(end);

        public bool Full => _listEnd < 0 ? _bytes.WrittenCount > MaxListBytes : _bytes.WrittenCount - _listEnd > maxPatchBytes + end.Length;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            _bytes.Write(bytes);
            // No name is empty: the first empty field is the one between the list and the patch.
            if (_listEnd < 0 && Content[_scanned..].IndexOf("\0\0"u8) is >= 0 and var found)
            {
                _listEnd = _scanned + found + 2;
            }
            _scanned = Math.Max(0, _bytes.WrittenCount - 1);
        }

        public TreeDifference Read(int start, bool cut = false)
        {
            if (_listEnd < 0 && (Full || cut))
            {
                throw new TooManyDifferencesException();
            }
            var whole = Ended ? Content[..^end.Length] : Content;
            if (_listEnd < 0)
            {
                return new([], "", false);
            }
            var fields = Encoding.UTF8.GetString(whole[start..(_listEnd - 1)]).Split('\0');
            var patch = whole[_listEnd..];
            var truncated = patch.Length > maxPatchBytes;
            return new(fields, Encoding.UTF8.GetString(truncated ? patch[..maxPatchBytes] : patch), truncated);
        }
    }
}
