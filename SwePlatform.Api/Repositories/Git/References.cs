namespace SwePlatform.Api.Repositories.Git;

/// <summary>A branch or tag.</summary>
/// <param name="Name">In full, such as <c>refs/heads/main</c>.</param>
/// <param name="Id">What it names: a commit, or the object of an annotated tag.</param>
internal sealed record Reference(string Name, string Id);

/// <param name="Head">Name of the branch that HEAD stands for; null if it stands for none.</param>
internal sealed record ReferenceList(IReadOnlyList<Reference> References, string? Head);

/// <summary>
/// Reads the branches and tags of a clone from its files (gitrepository-layout). A Git process that stays would not notice
/// new ones, and one for each call takes longer than all the reading.
/// </summary>
internal static class References
{
    public const string Branches = "refs/heads/";
    public const string Tags = "refs/tags/";

    private const string SymbolicPrefix = "ref: ";

    /// <summary>Makes Git keep references in files, also where it has a newer format.</summary>
    public static IReadOnlyDictionary<string, string> FileFormat { get; } =
        new Dictionary<string, string> { ["GIT_DEFAULT_REF_FORMAT"] = "files" };

    public static ReferenceList Read(string gitDir)
    {
        // The files of single references first: when they are packed, the pack is there before they go.
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var prefix in new[] { Branches, Tags })
        {
            ReadFolder(gitDir, Path.Combine(gitDir, prefix), found);
        }
        ReadPacked(Path.Combine(gitDir, "packed-refs"), found);
        var head = ReadFile(Path.Combine(gitDir, "HEAD"));
        return new(
            [.. found.Select(pair => new Reference(pair.Key, pair.Value))],
            head?.StartsWith(SymbolicPrefix, StringComparison.Ordinal) == true ? head[SymbolicPrefix.Length..] : null
        );
    }

    private static void ReadFolder(string gitDir, string folder, Dictionary<string, string> found)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        foreach (
            var file in Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        )
        {
            if (ReadFile(file) is { } id && GitRef.IsFullId(id))
            {
                found[Path.GetRelativePath(gitDir, file).Replace(Path.DirectorySeparatorChar, '/')] = id;
            }
        }
    }

    // "<id> <name>"; other lines are comments, and what an annotated tag leads to.
    private static void ReadPacked(string file, Dictionary<string, string> found)
    {
        if (!File.Exists(file))
        {
            return;
        }
        foreach (var line in File.ReadLines(file))
        {
            if (
                line.Split(' ', 2) is [var id, var name]
                && GitRef.IsFullId(id)
                && (name.StartsWith(Branches, StringComparison.Ordinal) || name.StartsWith(Tags, StringComparison.Ordinal))
            )
            {
                found.TryAdd(name, id);
            }
        }
    }

    private static string? ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Deleted, packed, or replaced by a folder a moment ago.
            return null;
        }
    }
}
