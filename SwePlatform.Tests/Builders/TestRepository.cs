using System.Diagnostics;

namespace SwePlatform.Tests.Builders;

/// <summary>A real Git repository that a test fills.</summary>
internal sealed class TestRepository
{
    public TestRepository(string path)
    {
        Folder = path;
        Directory.CreateDirectory(path);
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.name", "Ada Example");
        Git("config", "user.email", "ada@example.com");
    }

    public string Folder { get; }

    public string Head => Git("rev-parse", "HEAD").Trim();

    public TestRepository Write(string path, string content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    public TestRepository Write(string path, byte[] content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
        return this;
    }

    public TestRepository Link(string path, string target)
    {
        File.CreateSymbolicLink(Path.Combine(Folder, path), target);
        return this;
    }

    public TestRepository Commit(string message = "A commit")
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return this;
    }

    /// <summary>Stores a commit as it is given, however strange, and returns its id.</summary>
    public string StoreCommit(byte[] content)
    {
        var file = Path.Combine(Folder, ".git", "commit-to-store");
        File.WriteAllBytes(file, content);
        return Git("hash-object", "-t", "commit", "--literally", "-w", file).Trim();
    }

    /// <summary>Runs Git in the repository and returns what it printed.</summary>
    public string Git(params IEnumerable<string> arguments) => Run(allowedExitCode: 0, arguments);

    /// <summary>Runs <c>git grep</c>, which exits with 1 when nothing was found.</summary>
    public string Grep(params IEnumerable<string> arguments) => Run(allowedExitCode: 1, ["grep", .. arguments]);

    private string Run(int allowedExitCode, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || process.ExitCode == allowedExitCode
            ? output
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.GetAwaiter().GetResult()}");
    }
}
