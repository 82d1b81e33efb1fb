using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// The compilers and interpreters on this server that programs may use beyond <c>/usr</c>. Only what is recognized on
/// the server's PATH is shown, each as narrowly as it works: never a home folder as a whole.
/// </summary>
internal sealed class Toolchains
{
    private static readonly string[] SystemFolders = ["/usr/", "/bin", "/sbin", "/lib"];

    private static readonly string[] Programs = ["node", "go", "java", "mvn", "gradle", "python3"];

    // rustup wants to make the last if it is not there.
    private static readonly string[] RustupParts = ["toolchains", "settings.toml", "update-hashes"];

    private readonly List<string> _paths = [];
    private readonly List<string> _binFolders = [];
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public Toolchains(IOptions<SandboxOptions> options)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(Path.IsPathRooted).Distinct())
        {
            Recognize(Path.TrimEndingDirectorySeparator(folder));
        }
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } dotnet && File.Exists(Path.Combine(dotnet, "dotnet")))
        {
            Show(dotnet, dotnet);
            _environment["DOTNET_ROOT"] = dotnet;
        }
        if (Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } java && File.Exists(Path.Combine(java, "bin", "java")))
        {
            Show(java, Path.Combine(java, "bin"));
            _environment["JAVA_HOME"] = java;
        }
        var packages = options.Value.NuGetPackageFolders.Where(Directory.Exists).ToList();
        NuGetSources = packages.Count > 0 ? string.Join(';', packages) : null;
        _paths.AddRange(options.Value.ReadOnlyPaths.Where(Path.Exists).Concat(packages).Where(path => !IsSystem(path)));
    }

    /// <summary>Files and folders to show, at the same place.</summary>
    public IEnumerable<string> Paths => _paths.Distinct();

    /// <summary>Folders that NuGet may take packages from, in the notation of MSBuild; null for none.</summary>
    public string? NuGetSources { get; }

    public string SearchPath =>
        string.Join(':', _binFolders.Distinct().Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]));

    public IReadOnlyDictionary<string, string> Variables => _environment;

    private void Recognize(string folder)
    {
        var parent = Path.GetDirectoryName(folder);
        if (IsSystem(folder) || parent is null)
        {
            return;
        }
        if (folder.EndsWith("/.pyenv/shims", StringComparison.Ordinal))
        {
            ShowPyenv(parent);
        }
        else if (folder.EndsWith("/.cargo/bin", StringComparison.Ordinal))
        {
            ShowCargo(folder, Path.Combine(Path.GetDirectoryName(parent)!, ".rustup"));
        }
        else if (File.Exists(Path.Combine(folder, "dotnet")) && Directory.Exists(Path.Combine(folder, "sdk")))
        {
            Show(folder, folder);
            _environment.TryAdd("DOTNET_ROOT", folder);
        }
        else if (
            Path.GetFileName(folder) == "bin"
            && Programs.Any(program => File.Exists(Path.Combine(folder, program)))
            && !IsHome(parent)
        )
        {
            Show(parent, folder);
        }
    }

    // The shims are scripts that need pyenv itself; the version that they would choose works alone.
    private void ShowPyenv(string root)
    {
        var version = Path.Combine(root, "version");
        var name = File.Exists(version) ? File.ReadLines(version).FirstOrDefault()?.Trim() : null;
        if (
            name is { Length: > 0 }
            && !name.Contains('/', StringComparison.Ordinal)
            && name != ".."
            && Directory.Exists(Path.Combine(root, "versions", name))
        )
        {
            var folder = Path.Combine(root, "versions", name);
            Show(folder, Path.Combine(folder, "bin"));
        }
    }

    private void ShowCargo(string bin, string rustup)
    {
        _binFolders.Add(bin);
        _paths.Add(bin);
        var parts = RustupParts.Select(part => Path.Combine(rustup, part)).Where(Path.Exists).ToList();
        if (parts.Count > 0)
        {
            _paths.AddRange(parts);
            _environment["RUSTUP_HOME"] = rustup;
            _environment["RUSTUP_AUTO_INSTALL"] = "0";
        }
    }

    private void Show(string folder, string bin)
    {
        _binFolders.Add(bin);
        if (!IsSystem(folder))
        {
            _paths.Add(folder);
        }
    }

    private static bool IsSystem(string path) =>
        SystemFolders.Any(system => path == system.TrimEnd('/') || path.StartsWith(system.TrimEnd('/') + "/", StringComparison.Ordinal));

    // ~/bin and the like: its parent is somebody's home.
    private static bool IsHome(string folder) =>
        folder is "/" or "/root" or "/home"
        || Path.GetDirectoryName(folder) == "/home"
        || folder == Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)
        || Path.GetFileName(folder) == ".local";
}
