using System.Diagnostics;
using System.Reflection;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Discovery;

/// <summary>A checkout of the platform's source: the one around the current directory, else the one this program was built in.</summary>
internal sealed class Checkout
{
    private const string Landmark = "SwePlatform.sln";
    private const string Framework = "net10.0";

    private Checkout(string root) => Root = root;

    public string Root { get; }

    public bool IsGitCheckout => Path.Exists(Path.Combine(Root, ".git"));

    /// <summary>Builds are of the configuration that this program was built in.</summary>
    private static string Configuration =>
        typeof(Checkout).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Release";

    public static Checkout? TryFind() => Above(Directory.GetCurrentDirectory()) ?? Above(AppContext.BaseDirectory);

    /// <exception cref="CommandException">There is none.</exception>
    public static Checkout Find() =>
        TryFind()
        ?? throw new CommandException(
            $"There is no {Landmark} above the current directory, and this command needs the platform's source. Change into "
                + "a checkout of it."
        );

    /// <summary>The one place that knows where the build puts a project's program.</summary>
    public string BuiltAssembly(string project)
    {
        var path = Path.Combine(Root, project, "bin", Configuration, Framework, $"{project}.dll");
        return File.Exists(path)
            ? path
            : throw new CommandException(
                $"{path} is missing. Build it first: dotnet build {Path.Combine(Root, Landmark)} -c {Configuration}"
            );
    }

    /// <summary>The commit that the checkout is at; null if Git cannot tell.</summary>
    public async Task<string?> ReadCommitAsync(CancellationToken cancellationToken)
    {
        if (!IsGitCheckout)
        {
            return null;
        }
        try
        {
            var start = new ProcessStartInfo("git", ["-C", Root, "rev-parse", "HEAD"]);
            var outcome = await CapturedProgram.RunAsync(start, cancellationToken);
            return outcome.Succeeded ? outcome.Output : null;
        }
        catch (CommandException)
        {
            return null;
        }
    }

    private static Checkout? Above(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
        {
            if (File.Exists(Path.Combine(current.FullName, Landmark)))
            {
                return new(current.FullName);
            }
        }
        return null;
    }
}
