using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Workspaces;

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
            while (rest.StartsWith("parent "u8))
            {
                var end = rest.IndexOf((byte)'\n');
                parents.Add(Encoding.ASCII.GetString(rest["parent ".Length..end]));
                rest = rest[(end + 1)..];
            }
            return parents;
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
                    ? (match.Groups["name"].Value, match.Groups["email"].Value, long.Parse(match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture)) : null;
            }
        }
        return null;
    }

    [GeneratedRegex(@"^(?<name>[^<>\s](?:[^<>]*[^<>\s])?) <(?<email>[^<>\s]*)> (?<time>[0-9]{1,11}) [+-][0-9]{4}$")]
    private static partial Regex SignatureLine();
}

/// <summary>Reads commits and tags from a <c>git cat-file --batch</c>.</summary>
internal static class GitObjects
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxTotalBytes = 32 * 1024 * 1024;

    // Few enough that Git can take all the questions before anyone takes its answers.
    private const int AskedAtOnce = 100;

    /// <summary>The commit that a name leads to, or null. The name has been checked, see <see cref="GitRef"/>.</summary>
    /// <exception cref="IOException">Git has ended.</exception>
    /// <exception cref="GitException">The commit is too large.</exception>
    public static GitObject? Find(GitBatch batch, string name)
    {
        batch.Ask($"{name}^{{commit}}\n");
        return Read(batch, MaxBytes);
    }

    /// <summary>Objects by their names; null for those that are neither commit nor tag.</summary>
    /// <exception cref="IOException">Git has ended.</exception>
    /// <exception cref="GitException">One of them, or all together, are too large.</exception>
    public static List<GitObject?> ReadAll(GitBatch batch, IReadOnlyCollection<string> names)
    {
        var found = new List<GitObject?>(names.Count);
        var bytes = 0L;
        foreach (var some in names.Chunk(AskedAtOnce))
        {
            batch.Ask(string.Concat(some.Select(name => name + "\n")));
            foreach (var read in some.Select(_ => Read(batch, MaxTotalBytes - bytes)))
            {
                found.Add(read);
                bytes += read?.Content.Length ?? 0;
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
        return new(fields[0], content);
    }

    /// <summary>
    /// History from a commit on, in the order of <c>git log</c>: by time of commit, newest first, and of two with the
    /// same time the one that was met first.
    /// </summary>
    /// <returns>Null if some commit is missing, or has no plain time, for both of which Git has rules; or if they are too large.</returns>
    public static List<GitObject>? Walk(GitBatch batch, string from, int maxCount)
    {
        // Most histories are mostly one line. All of it in one go spares the wait for each answer; what it lacks is asked for.
        var known = ReadAll(batch, [.. Enumerable.Range(0, maxCount).Select(back => string.Create(CultureInfo.InvariantCulture, $"{from}~{back}^{{commit}}"))])
            .OfType<GitObject>().ToDictionary(commit => commit.Id);
        var bytes = known.Values.Sum(commit => (long)commit.Content.Length);
        var found = new List<GitObject>();
        var met = new HashSet<string>();
        var waiting = new PriorityQueue<GitObject, (long Time, int Met)>();
        IReadOnlyList<string> ahead = [from];
        while (true)
        {
            foreach (var id in ahead.Where(met.Add))
            {
                var commit = known.GetValueOrDefault(id);
                if (commit is null)
                {
                    commit = Find(batch, id);
                    bytes += commit?.Content.Length ?? 0;
                }
                if (commit?.CommittedAt is not { } time || bytes > MaxTotalBytes)
                {
                    return null;
                }
                waiting.Enqueue(commit, (-time, met.Count));
            }
            if (found.Count == maxCount || !waiting.TryDequeue(out var newest, out _))
            {
                return found;
            }
            found.Add(newest);
            ahead = found.Count < maxCount ? newest.Parents : [];
        }
    }
}
