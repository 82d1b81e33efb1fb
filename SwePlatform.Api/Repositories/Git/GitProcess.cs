using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>What a Git command printed.</summary>
/// <param name="Truncated">It printed more than was asked for, and was ended.</param>
internal sealed record GitOutput(byte[] Output, bool Truncated)
{
    public string Text => Encoding.UTF8.GetString(Output);
}

/// <summary>A Git command failed. The message is what Git said, without URLs.</summary>
internal sealed class GitException(string message) : Exception(message);

/// <summary>
/// Runs the <c>git</c> program on clones that hold other people's content. No shell; no configuration of the machine
/// or the user, so nothing in it can start a program; no prompt; only the protocols that were checked before.
/// </summary>
internal sealed class GitProcess(IOptions<WorkspaceOptions> options)
{
    private static readonly string[] KeptVariables =
    [
        "PATH",
        "HOME",
        "SystemRoot",
        "TEMP",
        "TMP",
        "SSH_AUTH_SOCK",
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ];

    private const int MaxErrorBytes = 16 * 1024;
    private const int NoOutputLimit = int.MaxValue;

    /// <summary>The only configuration that Git sees, beside that of the clone.</summary>
    public string ConfigFile { get; } = WriteConfig(options.Value.Root);

    // Two trees of a few kilobytes can differ in a billion files, all of which Git would remember before it prints one.
    private readonly (string Program, string[] Arguments)? _limit = Limit(options.Value.GitMemoryBytes);

    /// <summary>Runs Git to its end and returns what it printed.</summary>
    /// <param name="gitDir">The repository, or null for a command that needs none.</param>
    /// <param name="maxBytes">Output beyond this ends the command.</param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="input">What Git reads from its standard input.</param>
    /// <exception cref="GitException">It failed.</exception>
    public async Task<GitOutput> RunAsync(
        string? gitDir,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        int maxBytes = NoOutputLimit,
        IReadOnlyDictionary<string, string>? environment = null,
        byte[]? input = null
    )
    {
        using var process = Start(gitDir, arguments, environment);
        using var killer = cancellationToken.Register(static state => Kill((Process)state!), process);
        var errors = ReadErrorsAsync(process);
        var writing = WriteInputAsync(process, input);
        var (output, truncated) = await ReadOutputAsync(process.StandardOutput.BaseStream, maxBytes, cancellationToken);
        if (truncated)
        {
            Kill(process);
        }
        await process.WaitForExitAsync(cancellationToken);
        await writing;
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode == 0 || truncated ? new(output, truncated) : throw new GitException(Clean(await errors));
    }

    /// <exception cref="RequestException">409: the repository is not on this disk.</exception>
    public static void CheckExists(string gitDir)
    {
        if (!Directory.Exists(gitDir))
        {
            throw RequestException.Conflict(
                "The project's clone is not on this server's disk. Sync the project (POST /api/v1/projects/{id}/sync), and "
                    + "try again once it is ready."
            );
        }
    }

    /// <summary>Starts Git with its input and output connected, for the caller to talk to.</summary>
    /// <exception cref="RequestException">409: the repository is not on this disk.</exception>
    public Process Start(string? gitDir, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (gitDir is not null)
        {
            CheckExists(gitDir);
        }
        var start = new ProcessStartInfo(_limit is null ? "git" : _limit.Value.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = gitDir ?? options.Value.Root,
        };
        foreach (var argument in _limit?.Arguments ?? [])
        {
            start.ArgumentList.Add(argument);
        }
        if (gitDir is not null)
        {
            start.ArgumentList.Add($"--git-dir={gitDir}");
        }
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        Harden(start.Environment);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        return Process.Start(start) ?? throw new GitException("git could not be started.");
    }

    private static (string Program, string[] Arguments)? Limit(long memory)
    {
        const string prlimit = "/usr/bin/prlimit";
        return OperatingSystem.IsLinux() && File.Exists(prlimit)
            ? (prlimit, [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--data={memory}"), "--core=0", "--", "git"])
            : null;
    }

    /// <summary>The environment in which Git obeys nobody but this server.</summary>
    public Dictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string?>();
        Harden(environment);
        environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        return environment.ToDictionary(variable => variable.Key, variable => variable.Value!);
    }

    private void Harden(IDictionary<string, string?> environment)
    {
        var kept = KeptVariables.Where(environment.ContainsKey).ToDictionary(name => name, name => environment[name]);
        environment.Clear();
        foreach (var (name, value) in kept)
        {
            environment[name] = value;
        }
        environment["LC_ALL"] = "C";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = ConfigFile;
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ASKPASS"] = "true";
        environment["GIT_ALLOW_PROTOCOL"] = "none";
        environment["GIT_LITERAL_PATHSPECS"] = "1";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_NO_LAZY_FETCH"] = "1";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_PAGER"] = "cat";
    }

    // The configuration of the clone is the platform's own, too. Names are as they
    // were committed: the mailmap would be that of HEAD, so that an answer about a commit would not stay the same.
    private static string WriteConfig(string root)
    {
        Directory.CreateDirectory(root);
        var path = Path.Combine(root, "gitconfig");
        File.WriteAllText(
            path,
            """
            [safe]
            	directory = *
            [core]
            	hooksPath = /dev/null
            	fsmonitor = false
            	symlinks = false
            	protectHFS = true
            	protectNTFS = true
            	attributesFile = /dev/null
            	excludesFile = /dev/null
            [gc]
            	auto = 0
            [maintenance]
            	auto = false
            [mailmap]
            	blob =
            [http]
            	followRedirects = false
            [advice]
            	detachedHead = false

            """
        );
        return path;
    }

    private static async Task WriteInputAsync(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Git has seen enough and ended; its exit code says why.
        }
    }

    /// <summary>Reads to the end, or to a limit.</summary>
    public static async Task<(byte[] Output, bool Truncated)> ReadOutputAsync(
        Stream stream,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        using var output = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            var room = (int)Math.Min(read, maxBytes - output.Length);
            output.Write(buffer, 0, room);
            if (room < read)
            {
                return (output.ToArray(), true);
            }
        }
        return (output.ToArray(), false);
    }

    /// <summary>The end of what a command says about what went wrong.</summary>
    public static async Task<string> ReadErrorsAsync(Process process)
    {
        // Read to the end whatever its size, or Git would wait for room; keep only the tail, where the reason is.
        var tail = new StringBuilder();
        var buffer = new char[4096];
        for (int read; (read = await process.StandardError.ReadAsync(buffer)) > 0; )
        {
            tail.Append(buffer, 0, read);
            if (tail.Length > 2 * MaxErrorBytes)
            {
                tail.Remove(0, tail.Length - MaxErrorBytes);
            }
        }
        return tail.Length > MaxErrorBytes ? tail.ToString(tail.Length - MaxErrorBytes, MaxErrorBytes) : tail.ToString();
    }

    /// <summary>Ends a command with all that it started, if it still runs.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    /// <summary>What Git says, without the URL that it repeats, and anything that its sender put there.</summary>
    public static string Clean(string errors)
    {
        var lines = errors
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line =>
                line.StartsWith("fatal:", StringComparison.Ordinal)
                || line.StartsWith("error:", StringComparison.Ordinal)
                || line.StartsWith("ssh:", StringComparison.Ordinal)
            )
            .Select(line => GitUrls.Redact(line));
        var message = string.Join(" ", lines);
        return message.Length == 0 ? "git failed without saying why." : message;
    }
}
