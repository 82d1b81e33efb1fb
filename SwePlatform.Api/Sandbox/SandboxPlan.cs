using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// What a program sees, as arguments for bubblewrap. What is the same for every run is put together once.
/// </summary>
internal sealed class SandboxPlan(
    Toolchains toolchains,
    SandboxAccount account,
    IOptions<SandboxOptions> options,
    IOptions<WorkspaceOptions> workspaces
)
{
    /// <summary>Where a program finds the files of the workspace.</summary>
    public const string Workspace = "/workspace";

    /// <summary>Where a program may leave files for the tool that runs it.</summary>
    public const string Results = "/results";

    private const string Home = "/home/sandbox";

    // What programs need of /etc: names, certificates, the loader's cache. No passwords, no keys, no host's settings.
    private static readonly string[] SystemFiles =
    [
        "/etc/alternatives",
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/ld.so.conf.d",
        "/etc/localtime",
        "/etc/timezone",
        "/etc/mime.types",
        "/etc/ssl/certs",
        "/etc/ssl/openssl.cnf",
        "/etc/ca-certificates",
        "/etc/pki/tls/certs",
        "/etc/pki/ca-trust",
        "/etc/protocols",
        "/etc/services",
        "/etc/maven",
        "/etc/java-17-openjdk",
        "/etc/java-21-openjdk",
        "/etc/dotnet",
        "/etc/perl",
        "/etc/python3",
        "/etc/python3.11",
        "/etc/os-release",
        "/etc/debian_version",
        "/etc/magic",
        "/etc/terminfo",
    ];

    private static readonly string[] NetworkFiles = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf"];

    // The sandbox ends with the server, whatever ends that one, and has no terminal to type into.
    private static readonly string[] Isolation =
    [
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--hostname",
        "sandbox",
        "--cap-drop",
        "ALL",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ];

    private readonly Lazy<string[]> _common = new(() =>
        [.. Common(toolchains, account, options.Value), .. Accounts(workspaces.Value.Root)]
    );

    private readonly Lazy<string?> _filter = new(() => WriteFilter(workspaces.Value.Root));

    private readonly Dictionary<string, string> _environment = CreateEnvironment(toolchains);

    /// <summary>The environment of a program; nothing of the server's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables(Workspace workspace) =>
        toolchains.NuGetSources is not { } sources
            ? _environment
            // MSBuild takes them for properties. Without network, sources beyond these would only be waited for.
            : _environment.Append(new(workspace.AllowNetwork ? "RestoreAdditionalProjectSources" : "RestoreSources", sources));

    /// <summary>
    /// How to start bubblewrap: by a shell that opens the filter of system calls for it, since it takes that as an open file.
    /// </summary>
    public ProcessStartInfo Start(string bwrap, IEnumerable<string> arguments)
    {
        var start = _filter.Value is { } filter
            ? new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" {SeccompFilter.FileNumber}< \"$0\"", filter, bwrap, .. arguments])
            : new ProcessStartInfo(bwrap, arguments);
        start.WorkingDirectory = "/";
        start.Environment.Clear();
        return start;
    }

    /// <summary>The arguments for one run, up to and without the program.</summary>
    /// <param name="results">A folder of the host to show as <see cref="Results"/>, or null.</param>
    public IEnumerable<string> Arguments(
        string bwrap,
        Workspace workspace,
        string? results,
        IReadOnlyDictionary<string, string> environment
    )
    {
        List<string> arguments = [.. _common.Value];
        if (workspace.AllowNetwork)
        {
            AddFiles(arguments, NetworkFiles);
        }
        else
        {
            arguments.Add("--unshare-net");
        }
        // The clone lets Git inside read the history; what it holds beyond that is other workspaces of this project.
        AddFiles(arguments, [workspace.Clone()]);
        arguments.AddRange([
            "--bind",
            workspace.Folder,
            Workspace,
            "--ro-bind",
            Path.Combine(workspace.GitDir(), "pointer"),
            Workspace + "/.git",
        ]);
        arguments.AddRange(["--dir", "/home", "--bind", workspace.Home(), Home]);
        if (results is not null)
        {
            arguments.AddRange(["--bind", results, Results]);
        }
        foreach (var (name, value) in Variables(workspace).Concat(environment))
        {
            arguments.AddRange(["--setenv", name, value]);
        }
        // Last: until here the mount points have to be made.
        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", Workspace, "--"]);
        arguments.AddRange(account.Enter(workspace, bwrap, Workspace));
        return arguments;
    }

    /// <summary>The arguments for a run that shows whether sandboxes work on this machine.</summary>
    public IEnumerable<string> ProbeArguments(string bwrap) =>
        [
            .. _common.Value,
            "--unshare-net",
            "--remount-ro",
            "/dev",
            "--remount-ro",
            "/",
            "--chdir",
            "/",
            "--",
            .. account.Enter(null, bwrap, "/"),
        ];

    /// <summary>The arguments for Git on the files of a workspace: no process, device, network or file beyond what it needs.</summary>
    /// <param name="configuration">The file with Git's configuration.</param>
    public IEnumerable<string> GitArguments(WorktreeCommand command, string configuration, IReadOnlyDictionary<string, string> environment)
    {
        // Files that programs made are theirs; a server that is root reads and replaces them as such, and needs no more.
        List<string> arguments =
        [
            .. Isolation,
            .. SeccompFilter.Arguments,
            "--unshare-net",
            .. account.IsNeeded
                ? ["--cap-add", "CAP_DAC_OVERRIDE", "--cap-add", "CAP_FOWNER"]
                : new[] { "--unshare-user", "--disable-userns" },
        ];
        AddSystem(arguments);
        AddFiles(arguments, ["/etc/alternatives", "/etc/ld.so.cache"]);
        arguments.AddRange(["--dev", "/dev", "--size", "16777216", "--tmpfs", "/tmp"]);
        AddFiles(arguments, [configuration, command.Workspace.Clone(), command.Workspace.Folder]);
        foreach (var folder in command.Writable)
        {
            arguments.AddRange(["--bind", folder, folder]);
        }
        foreach (var (name, value) in environment)
        {
            arguments.AddRange(["--setenv", name, value]);
        }
        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", command.Workspace.Folder, "--"]);
        return arguments;
    }

    private static string[] Common(Toolchains toolchains, SandboxAccount account, SandboxOptions options)
    {
        List<string> arguments =
        [
            .. Isolation,
            .. account.IsNeeded
                ? ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
                : (string[])["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000", .. SeccompFilter.Arguments],
        ];
        AddSystem(arguments);
        AddFiles(arguments, SystemFiles);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        var bytes = options.TempBytes.ToString(CultureInfo.InvariantCulture);
        arguments.AddRange([
            "--perms",
            "1777",
            "--size",
            bytes,
            "--tmpfs",
            "/dev/shm",
            "--perms",
            "1777",
            "--size",
            bytes,
            "--tmpfs",
            "/tmp",
            "--dir",
            "/run",
            "--dir",
            "/var",
            "--symlink",
            "/tmp",
            "/var/tmp",
        ]);
        AddFiles(arguments, toolchains.Paths);
        return [.. arguments];
    }

    private static void AddSystem(List<string> arguments)
    {
        arguments.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var folder in new[] { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" })
        {
            if (new DirectoryInfo(folder) is { LinkTarget: { } target })
            {
                arguments.AddRange(["--symlink", target, folder]);
            }
            else if (Directory.Exists(folder))
            {
                arguments.AddRange(["--ro-bind", folder, folder]);
            }
        }
    }

    private static void AddFiles(List<string> arguments, IEnumerable<string> paths)
    {
        foreach (var path in paths.Where(Path.Exists))
        {
            // Left to bubblewrap, the folders above could be entered by nobody but root.
            for (
                var (above, at) = (Path.GetDirectoryName(path), arguments.Count);
                above is not (null or "/");
                above = Path.GetDirectoryName(above)
            )
            {
                arguments.InsertRange(at, ["--dir", above]);
            }
            arguments.AddRange(["--ro-bind", path, path]);
        }
    }

    // Programs want to know who they are. The server's own accounts are none of their business.
    private static string[] Accounts(string root)
    {
        var passwd = "root:x:0:0::/:/usr/sbin/nologin\nsandbox:x:1000:1000::/home/sandbox:/bin/sh\n"u8;
        return
        [
            "--ro-bind",
            Write(root, "passwd", passwd),
            "/etc/passwd",
            "--ro-bind",
            Write(root, "group", "root:x:0:\nsandbox:x:1000:\n"u8),
            "/etc/group",
        ];
    }

    private static string? WriteFilter(string root) =>
        SeccompFilter.Build(RuntimeInformation.ProcessArchitecture) is { } filter && OperatingSystem.IsLinux()
            ? Write(root, "seccomp.bpf", filter)
            : null;

    private static string Write(string root, string name, ReadOnlySpan<byte> content)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "sandbox")).FullName, name);
        // Whole or not at all: another process on this disk may be showing it to a program.
        var temporary = $"{file}.{Guid.CreateVersion7():N}";
        File.WriteAllBytes(temporary, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                temporary,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
            );
        }
        File.Move(temporary, file, overwrite: true);
        return file;
    }

    private static Dictionary<string, string> CreateEnvironment(Toolchains toolchains)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = toolchains.SearchPath,
            ["HOME"] = Home,
            ["USER"] = "sandbox",
            ["LOGNAME"] = "sandbox",
            ["SHELL"] = "/bin/sh",
            ["TMPDIR"] = "/tmp",
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
            ["CI"] = "true",
            ["NO_COLOR"] = "1",
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = "safe.directory",
            ["GIT_CONFIG_VALUE_0"] = "*",
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
            ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true",
            // Nothing stays behind after a run, so a server that waits for the next one is only in the way.
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
            ["NUGET_CERT_REVOCATION_MODE"] = "offline",
            ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        foreach (var (name, value) in toolchains.Variables)
        {
            environment[name] = value;
        }
        return environment;
    }
}
