using System.Diagnostics;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>
/// The user that PostgreSQL runs as: whoever started the AppHost, except that PostgreSQL refuses to run as root.
/// Root therefore starts it as <c>postgres</c>, or else as <c>nobody</c>.
/// </summary>
internal sealed class ServerAccount
{
    private const string Shell = "/bin/sh";
    private static readonly string[] Candidates = ["postgres", "nobody"];

    private ServerAccount(string? name, string? groupId = null) => (Name, GroupId) = (name, groupId);

    private string? GroupId { get; }

    /// <summary>Name of the other user, or null when the server runs as the user that runs the AppHost.</summary>
    public string? Name { get; }

    /// <summary>Chooses the user; one who owns the <paramref name="cluster"/> already stays.</summary>
    public static async Task<ServerAccount> ChooseAsync(string cluster)
    {
        var owner = Directory.Exists(cluster) ? await OwnerAsync(cluster) : null;
        if (!Environment.IsPrivilegedProcess)
        {
            return owner is null or "UNKNOWN" || owner == Environment.UserName
                ? new ServerAccount(null)
                : throw new StartException(
                    $"The database in {cluster} belongs to the user {owner}. Start this as that user or as root, or choose "
                        + "another --data DIR."
                );
        }
        if (owner is not null and not "root")
        {
            return await OfAsync(owner)
                ?? throw new StartException($"The user {owner}, who owns the database in {cluster}, is unknown here.");
        }
        foreach (var name in Candidates)
        {
            if (await OfAsync(name) is { } account)
            {
                return account;
            }
        }
        throw new StartException(
            "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as. Start this as an ordinary user."
        );
    }

    /// <summary>The command line that replaces itself by <paramref name="program"/>, run as this user.</summary>
    public IEnumerable<string> CommandLine(string program) =>
        Name is null
            ? [program]
            // Not su or runuser: they stay as parents, and a signal would reach them instead.
            : ["setpriv", $"--reuid={Name}", $"--regid={GroupId}", "--init-groups", "--", program];

    /// <summary>
    /// Prepares <paramref name="program"/> to be run as this user, with nothing of the
    /// AppHost's environment that would change what it does.
    /// </summary>
    public ProcessStartInfo Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        if (Name is not null && !OperatingSystem.IsWindows())
        {
            start.UserName = Name;
        }
        foreach (var variable in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(variable);
        }
        // Messages are looked at, and shown, in one language.
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    public Task<bool> CanEnterAsync(string directory) => TestAsync("-x", directory);

    public Task<bool> CanRunAsync(string program) => TestAsync("-x", program);

    /// <summary>Gives a file or folder, which the AppHost made for it, to this user.</summary>
    public async Task OwnAsync(string path)
    {
        if (Name is null)
        {
            return;
        }
        var outcome = await ExternalProgram.RunAsync(new ProcessStartInfo("chown", [Name, path]));
        if (!outcome.Succeeded)
        {
            throw new StartException($"{path} cannot be given to the user {Name}, who runs PostgreSQL: {outcome.Output}");
        }
    }

    private static async Task<ServerAccount?> OfAsync(string name)
    {
        var group = await ExternalProgram.RunAsync(new ProcessStartInfo("id", ["-g", name]));
        return group.Succeeded ? new ServerAccount(name, group.Output) : null;
    }

    private static async Task<string?> OwnerAsync(string path)
    {
        string[] format = OperatingSystem.IsLinux() ? ["-c", "%U"] : ["-f", "%Su"];
        var outcome = await ExternalProgram.RunAsync(new ProcessStartInfo("stat", [.. format, path]));
        return outcome.Succeeded ? outcome.Output : null;
    }

    private async Task<bool> TestAsync(string test, string path)
    {
        // Asked of the system as that user: permission bits alone would miss groups, ACLs and mount options.
        if (Name is null)
        {
            return true;
        }
        var start = Run(Shell, "-c", "test \"$1\" \"$2\"", "sh", test, path);
        start.WorkingDirectory = "/";
        return (await ExternalProgram.RunAsync(start)).Succeeded;
    }

    private static bool IsForeign(string variable) =>
        variable.StartsWith("PG", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("LC_", StringComparison.Ordinal)
        || variable.StartsWith("SWE_", StringComparison.Ordinal)
        || variable is "LANG" or "LANGUAGE";
}
