using System.Diagnostics;

namespace SwePlatform.Tests.Builders;

/// <summary>A few small objects that stand for very many files or folders.</summary>
internal static class TreeBomb
{
    /// <summary>Makes the newest commit one whose tree holds the same tree many times over, on each of several levels.</summary>
    /// <param name="content">A file at the bottom; null for folders that are empty.</param>
    public static TestRepository Explode(this TestRepository repository, int levels, int width, string? content, string branch = "main")
    {
        var tree = content is null ? MakeTree(repository, "") : MakeTree(repository, $"100644 blob {Hash(repository, content)}\tf\n");
        for (var level = 0; level < levels; level++)
        {
            tree = MakeTree(repository, string.Concat(Enumerable.Range(0, width).Select(entry => $"040000 tree {tree}\td{entry:000}\n")));
        }
        var commit = repository.Git("commit-tree", "-m", "Many", tree).Trim();
        repository.Git("update-ref", $"refs/heads/{branch}", commit);
        return repository;
    }

    /// <summary>Stores a tree as it is given, however strange, and puts a branch on it.</summary>
    public static TestRepository StoreTree(this TestRepository repository, string branch, params (string Mode, string Name)[] entries)
    {
        var id = Convert.FromHexString(Hash(repository, "content\n"));
        using var tree = new MemoryStream();
        foreach (var (mode, name) in entries)
        {
            tree.Write([.. System.Text.Encoding.UTF8.GetBytes($"{mode} {name}"), 0, .. id]);
        }
        var file = Path.Combine(repository.Folder, ".git", "tree-to-store");
        File.WriteAllBytes(file, tree.ToArray());
        var stored = repository.Git("hash-object", "-t", "tree", "--literally", "-w", file).Trim();
        repository.Git("update-ref", $"refs/heads/{branch}", repository.Git("commit-tree", "-m", "Strange", stored).Trim());
        return repository;
    }

    private static string Hash(TestRepository repository, string content) => Feed(repository, content, "hash-object", "-w", "--stdin");

    private static string MakeTree(TestRepository repository, string entries) => Feed(repository, entries, "mktree");

    private static string Feed(TestRepository repository, string input, params string[] arguments)
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = repository.Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} failed.");
    }
}
