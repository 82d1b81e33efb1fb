using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Connect;

/// <summary>Keeps a file with an API key out of the repository that it is in.</summary>
internal static partial class GitGuard
{
    /// <summary>Makes Git ignore the file and its backups, for this clone only.</summary>
    /// <returns>What was done; null if there was nothing to do.</returns>
    /// <exception cref="CommandException">Git has the file already.</exception>
    public static async Task<string?> KeepOutAsync(string path, CancellationToken cancellationToken)
    {
        var folder = Existing(Path.GetDirectoryName(path)!);
        if (await AskAsync(folder, ["rev-parse", "--show-toplevel"], cancellationToken) is not { Succeeded: true } top)
        {
            return null;
        }
        if (await AskAsync(folder, ["ls-files", "--error-unmatch", "--", path], cancellationToken) is { Succeeded: true })
        {
            throw new CommandException(
                $"{path} is tracked by Git, so the API key in it would be published. Use --key-variable NAME, which names an environment "
                    + "variable instead, or --global."
            );
        }
        if (await AskAsync(folder, ["check-ignore", "--quiet", "--", path], cancellationToken) is { Succeeded: true })
        {
            return null;
        }
        if (
            await AskAsync(folder, ["rev-parse", "--path-format=absolute", "--git-path", "info/exclude"], cancellationToken)
            is not { Succeeded: true } exclude
        )
        {
            return $"Keep {path} out of Git: it holds an API key.";
        }
        var relative = Path.GetRelativePath(top.Output, path).Replace('\\', '/');
        await AppendAsync(exclude.Output, $"/{Special().Replace(relative, @"\$0")}*", cancellationToken);
        return $"Git ignores it from now on ({exclude.Output}): it holds an API key.";
    }

    private static async Task AppendAsync(string file, string pattern, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : "";
        var gap = text.Length == 0 || text.EndsWith('\n') ? "" : "\n";
        await File.AppendAllTextAsync(file, $"{gap}{pattern}\n", new UTF8Encoding(false), cancellationToken);
    }

    private static async Task<CapturedProgram.Outcome?> AskAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await CapturedProgram.RunAsync(new ProcessStartInfo("git", ["-C", folder, .. arguments]), cancellationToken);
        }
        catch (CommandException)
        {
            // Without Git there is no repository to keep it out of.
            return null;
        }
    }

    private static string Existing(string folder) => Directory.Exists(folder) ? folder : Existing(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"[\\*?\[\]! #]")]
    private static partial Regex Special();
}
