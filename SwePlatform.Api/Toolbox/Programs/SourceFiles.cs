using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// Finds the files that compilers and test runners mean: they name them from the root, from the project's folder, from
/// the folder of a package, or, in Java, from a source folder that they do not name.
/// </summary>
internal sealed class SourceFiles(Workspace workspace, FoundProject project)
{
    private const int MaxFiles = 50_000;

    private static readonly string[] Extensions = [".java", ".kt", ".groovy", ".scala"];

    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 20,
    };

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace.Folder)) + "/";
    private ILookup<string, string>? _byName;

    /// <summary>The failure with the first place in its stack that is a file of the repository, or with none.</summary>
    public TestFailure Locate(TestFailure failure)
    {
        try
        {
            foreach (var (file, line) in SourcePlace.All(failure.Stack ?? failure.Message))
            {
                if (Find(file, project.Ecosystem == Ecosystem.Go ? Package(failure.Name) : []) is { } found)
                {
                    return failure with { File = found, Line = line };
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // Text made to be hard to read has no place, and the rest of the result is as good as ever.
        }
        return failure with { File = null, Line = null };
    }

    public BuildError Locate(BuildError error) =>
        error.File is { } file && Find(file, []) is { } found ? error with { File = found } : error;

    private string? Find(string file, string[] package)
    {
        // Go's packages begin with the name of the module, which is no folder.
        for (var skip = 0; skip < package.Length; skip++)
        {
            if (Existing(Path.Combine([project.Folder, .. package[skip..], file])) is { } inPackage)
            {
                return inPackage;
            }
        }
        return Existing(Path.Combine(project.Folder, file))
            ?? Existing(file)
            ?? (Extensions.Contains(Path.GetExtension(file)) ? FindSource(file) : null);
    }

    private string? Existing(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }
        var full = Path.GetFullPath(Path.Combine(_root, path));
        // Not through links: whether a file is there would say what the server has elsewhere.
        return
            full.StartsWith(_root, StringComparison.Ordinal)
            && WorktreePath.Find(workspace.Folder, full[_root.Length..]).Path is { } found
            && File.Exists(found)
            ? full[_root.Length..]
            : null;
    }

    private string? FindSource(string file)
    {
        _byName ??= new DirectoryInfo(_root)
            .EnumerateFiles("*", NoLinks)
            .Where(found => Extensions.Contains(found.Extension))
            .Take(MaxFiles)
            .ToLookup(found => found.Name, found => found.FullName[_root.Length..]);
        return _byName[Path.GetFileName(file)].FirstOrDefault(path => path.EndsWith("/" + file, StringComparison.Ordinal));
    }

    private static string[] Package(string test)
    {
        var slash = test.LastIndexOf('/', Math.Max(0, test.LastIndexOf(".Test", StringComparison.Ordinal)));
        var dot = test.IndexOf('.', slash + 1);
        return dot < 0 ? [] : test[..dot].Split('/');
    }
}
