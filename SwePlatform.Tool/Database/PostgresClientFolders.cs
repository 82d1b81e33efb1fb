namespace SwePlatform.Tool.Database;

/// <summary>Where the packages of the common systems put PostgreSQL's programs.</summary>
internal static class PostgresClientFolders
{
    /// <summary>Parent folder, beginning of the version folder's name, and the folder with the programs below that.</summary>
    private static readonly (string Parent, string Prefix, string Below)[] Patterns =
    [
        ("/usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
        ("/usr", "pgsql-", "bin"), // PostgreSQL's own RPMs
        ("/usr/libexec", "postgresql", ""), // Alpine
        ("/opt/homebrew/opt", "postgresql@", "bin"), // Homebrew on Apple silicon
        ("/usr/local/opt", "postgresql@", "bin"), // Homebrew on Intel
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"), // Homebrew on Linux
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"), // Postgres.app
        ("/Library/PostgreSQL", "", "bin"), // EDB's installer for macOS
    ];

    /// <summary>Folders of the PATH in their order, then the usual ones, newest version first.</summary>
    public static IEnumerable<string> Folders()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Patterns.Concat(WindowsPatterns()).SelectMany(Versions));
    }

    private static IEnumerable<(string, string, string)> WindowsPatterns() =>
        OperatingSystem.IsWindows()
            ? [(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "", "bin")]
            : [];

    private static IEnumerable<string> Versions((string Parent, string Prefix, string Below) pattern) =>
        !Directory.Exists(pattern.Parent)
            ? []
            : from folder in Directory.EnumerateDirectories(pattern.Parent, pattern.Prefix + "*")
            let version = Path.GetFileName(folder)[pattern.Prefix.Length..]
            where decimal.TryParse(version, out _)
            orderby decimal.Parse(version) descending
            select Path.Combine(folder, pattern.Below);
}
