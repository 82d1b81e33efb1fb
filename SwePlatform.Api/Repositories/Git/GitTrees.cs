using System.Globalization;
using System.Text;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>What a folder has under one name.</summary>
/// <param name="Mode">As Git writes it, such as <c>100644</c>; folders have <see cref="FolderMode"/>.</param>
internal sealed record TreeItem(string Name, string Mode, string Id)
{
    public const string FolderMode = "40000";

    public bool IsFolder => Mode == FolderMode;

    public bool IsSubmodule => Mode == TreeFile.SubmoduleMode;
}

/// <summary>
/// Reads single folders and files of a tree from Git processes that stay. No name is ever part of a question, so names may be
/// anything; and nothing is read but what is on the way, so it costs the same in a tree of any size.
/// </summary>
internal static class GitTrees
{
    private const int MaxFolderBytes = 16 * 1024 * 1024;

    // Few enough that Git can take all the questions before anyone takes its answers.
    private const int AskedAtOnce = 100;

    /// <summary>What is at a path, or null. The root has no name.</summary>
    public static TreeItem? Find(GitBatch batch, string tree, string path)
    {
        var found = new TreeItem("", TreeItem.FolderMode, tree);
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!found.IsFolder || List(batch, found.Id).Find(item => item.Name == name) is not { } next)
            {
                return null;
            }
            found = next;
        }
        return found;
    }

    /// <summary>What is in a folder, as Git orders it.</summary>
    /// <exception cref="GitException">There is no such tree, or it is too large.</exception>
    public static List<TreeItem> List(GitBatch batch, string tree)
    {
        var content =
            Read(batch, tree, "tree", MaxFolderBytes)
            ?? throw new GitException($"The tree {tree} is missing, or its list of files is longer than {MaxFolderBytes >> 20} MiB.");
        // "<mode> <name>\0" and then the id in binary
        var idBytes = tree.Length / 2;
        var items = new List<TreeItem>();
        for (var rest = content.AsSpan(); !rest.IsEmpty; )
        {
            var space = rest.IndexOf((byte)' ');
            var end = rest.IndexOf((byte)0);
            if (space < 0 || end < space || rest.Length < end + 1 + idBytes)
            {
                throw new GitException($"The tree {tree} is damaged.");
            }
            items.Add(
                new(
                    Encoding.UTF8.GetString(rest[(space + 1)..end]),
                    Encoding.ASCII.GetString(rest[..space]),
                    Convert.ToHexStringLower(rest.Slice(end + 1, idBytes))
                )
            );
            rest = rest[(end + 1 + idBytes)..];
        }
        return items;
    }

    /// <summary>The content of a file, or null if it is missing or larger.</summary>
    public static byte[]? ReadFile(GitBatch batch, string id, int maxBytes) => Read(batch, id, "blob", maxBytes);

    /// <summary>Sizes of files by their ids; null for what is missing. For a process of <see cref="GitBatchKind.Facts"/>.</summary>
    public static List<long?> ReadSizes(GitBatch batch, IReadOnlyCollection<string> ids)
    {
        var sizes = new List<long?>(ids.Count);
        foreach (var some in ids.Chunk(AskedAtOnce))
        {
            batch.Ask(string.Concat(some.Select(id => id + "\n")));
            foreach (var _ in some)
            {
                sizes.Add(batch.ReadLine().Split(' ') is [_, "blob", var size] ? Number(size) : null);
            }
        }
        return sizes;
    }

    // "<id> <type> <bytes>", then the content and a line feed; or "<name> missing".
    private static byte[]? Read(GitBatch batch, string id, string type, int maxBytes)
    {
        batch.Ask(id + "\n");
        if (batch.ReadLine().Split(' ') is not [_, var found, var length])
        {
            return null;
        }
        var size = Number(length);
        if (found != type || size > maxBytes)
        {
            batch.Skip(size + 1);
            return null;
        }
        var content = new byte[size];
        batch.ReadExactly(content);
        batch.Skip(1);
        return content;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
