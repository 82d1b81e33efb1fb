using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>A commit or tag as Git stores it.</summary>
internal sealed partial record GitObject(string Id, byte[] Content)
{
    private const int TreePrefix = 5; // "tree "

    /// <summary>Id of its tree, which its first line names.</summary>
    public string Tree => Encoding.ASCII.GetString(Content.AsSpan(TreePrefix, Content.AsSpan().IndexOf((byte)'\n') - TreePrefix));

    public bool IsAnnotatedTag => Content.AsSpan().StartsWith("object "u8);

    /// <summary>Its parents, first parent first: the lines after the first.</summary>
    public IReadOnlyList<string> Parents
    {
        get
        {
            var parents = new List<string>();
            var rest = Content.AsSpan(Content.AsSpan().IndexOf((byte)'\n') + 1);
            // Git takes a commit that ends in the middle of such a line, without that parent.
            while (rest.StartsWith("parent "u8) && rest.IndexOf((byte)'\n') is var end and > 0)
            {
                parents.Add(Encoding.ASCII.GetString(rest["parent ".Length..end]));
                rest = rest[(end + 1)..];
            }
            return parents;
        }
    }

    /// <summary>Whether its header has tree, parents, author and committer in this order. Of any other, Git reads no time.</summary>
    public bool IsPlain
    {
        get
        {
            var rest = Content.AsSpan(Content.AsSpan().IndexOf((byte)'\n') + 1);
            while (rest.StartsWith("parent "u8) && rest.IndexOf((byte)'\n') is var end and > 0)
            {
                rest = rest[(end + 1)..];
            }
            return Content.AsSpan().StartsWith("tree "u8)
                && rest.StartsWith("author "u8)
                && rest[(rest.IndexOf((byte)'\n') + 1)..].StartsWith("committer "u8);
        }
    }

    /// <summary>When it was committed, in seconds since 1970; null where Git has to guess.</summary>
    public long? CommittedAt => Signature("committer "u8)?.Time;

    /// <summary>Who did it and when, from the header line that begins so; null where Git has to guess.</summary>
    public (string Name, string Email, long Time)? Signature(ReadOnlySpan<byte> prefix)
    {
        foreach (var range in Content.AsSpan().Split((byte)'\n'))
        {
            var line = Content.AsSpan(range);
            if (line.IsEmpty)
            {
                return null;
            }
            if (line.StartsWith(prefix))
            {
                return SignatureLine().Match(Encoding.UTF8.GetString(line[prefix.Length..])) is { Success: true } match
                    ? (
                        match.Groups["name"].Value,
                        match.Groups["email"].Value,
                        long.Parse(match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture)
                    )
                    : null;
            }
        }
        return null;
    }

    /// <summary>Whether "name &lt;email&gt;" of its author has this text in it; null where Git has to guess.</summary>
    public bool? HasAuthor(ReadOnlySpan<byte> text)
    {
        const string key = "\nauthor ";
        var header = Content.AsSpan().IndexOf("\n\n"u8) is var end and >= 0 ? Content.AsSpan(0, end) : Content;
        var start = header.IndexOf("\nauthor "u8) + key.Length;
        if (start < key.Length || header.IndexOf("\nencoding "u8) >= 0)
        {
            return null;
        }
        var line = header[start..];
        line = line.IndexOf((byte)'\n') is var length and >= 0 ? line[..length] : line;
        return line.LastIndexOf((byte)'>') is var close and >= 0 ? line[..(close + 1)].IndexOf(text) >= 0 : null;
    }

    [GeneratedRegex(@"^(?<name>[^<>\s](?:[^<>]*[^<>\s])?) <(?<email>[^<>\s]*)> (?<time>[0-9]{1,11}) [+-][0-9]{4}$")]
    private static partial Regex SignatureLine();
}

/// <summary>Reads commits and tags from a <c>git cat-file --batch</c>.</summary>
internal static class GitObjects
{
    /// <summary>How much of them one question may take, in bytes.</summary>
    public const int MaxTotalBytes = 32 * 1024 * 1024;

    private const int MaxBytes = 16 * 1024 * 1024;

    // Few enough that Git can take all the questions before anyone takes its answers.
    private const int AskedAtOnce = 100;

    /// <summary>The commit that a name leads to, or null. The name has been checked, see <see cref="GitRef"/>.</summary>
    /// <exception cref="IOException">Git has ended.</exception>
    /// <exception cref="GitException">The commit is too large.</exception>
    public static GitObject? Find(GitBatch batch, string name)
    {
        if (batch.Recall(name) is { IsAnnotatedTag: false } known)
        {
            return known;
        }
        batch.Ask($"{name}^{{commit}}\n");
        return Read(batch, MaxBytes);
    }

    /// <summary>Objects by their names; null for those that are neither commit nor tag.</summary>
    /// <exception cref="IOException">Git has ended.</exception>
    /// <exception cref="GitException">One of them, or all together, are too large.</exception>
    public static List<GitObject?> ReadAll(GitBatch batch, IReadOnlyCollection<string> names)
    {
        var found = names.Select(batch.Recall).ToList();
        var bytes = found.Sum(known => (long)(known?.Content.Length ?? 0));
        foreach (var some in names.Index().Where(item => found[item.Index] is null).Chunk(AskedAtOnce))
        {
            batch.Ask(string.Concat(some.Select(item => item.Item + "\n")));
            foreach (var (index, _) in some)
            {
                found[index] = Read(batch, MaxTotalBytes - bytes);
                bytes += found[index]?.Content.Length ?? 0;
            }
        }
        return found;
    }

    // "<id> <type> <bytes>", then the content and a line feed; or "<name> missing", "<name> ambiguous".
    private static GitObject? Read(GitBatch batch, long maxBytes)
    {
        var fields = batch.ReadLine().Split(' ');
        if (fields.Length != 3 || !GitRef.IsFullId(fields[0]))
        {
            return null;
        }
        var size = long.Parse(fields[2], CultureInfo.InvariantCulture);
        if (fields[1] is not ("commit" or "tag"))
        {
            batch.Skip(size + 1);
            return null;
        }
        if (size > MaxBytes)
        {
            throw new GitException($"The {fields[1]} {fields[0]} is larger than {MaxBytes >> 20} MiB.");
        }
        if (size > maxBytes)
        {
            throw new GitException($"The commits to read are together larger than {MaxTotalBytes >> 20} MiB. Ask for fewer.");
        }
        var content = new byte[size];
        batch.ReadExactly(content);
        batch.Skip(1);
        var found = new GitObject(fields[0], content);
        batch.Remember(found);
        return found;
    }
}
