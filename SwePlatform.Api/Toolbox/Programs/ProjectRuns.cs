using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Runs the commands of <see cref="ProjectCommands"/> in the project's folder.</summary>
internal sealed class ProjectRuns(ProgramRunner programs, WorkspaceQuota quota)
{
    private const int TailCharacters = 16 * 1024;

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PYTHONPYCACHEPREFIX"] = "/tmp/pycache",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };

    /// <exception cref="ToolException">The workspace is full, or there is no program for this kind of project.</exception>
    public async Task<ProgramResult> RunAsync(
        FoundProject project, IReadOnlyList<string> command, ToolContext context, TimeSpan timeLimit, string? results, CancellationToken cancellationToken)
    {
        if (quota.Problem(context.Workspace!) is { } full)
        {
            throw new ToolException(ToolException.Full, full);
        }
        context.Output.Write("progress", $"$ {string.Join(' ', command)}\n");
        // env changes the folder; there is no shell that could read the command as anything else.
        var result = await programs.RunAsync(new(context.Workspace!, project.Folder.Length == 0 ? command : ["env", "--chdir", project.Folder, "--", .. command], timeLimit)
        {
            Environment = Environment,
            ResultsFolder = results,
            Output = context.Output,
        }, cancellationToken);
        if (result.ExitCode == 127 && result.Stdout.Length == 0)
        {
            throw new ToolException(ToolException.Unsupported, $"This is a {project.Ecosystem} project, and the program '{command[0]}' is not available to sandboxes on this server. {result.Stderr.Trim()}");
        }
        return result;
    }

    public async Task<bool> HasPytestAsync(ToolContext context, CancellationToken cancellationToken)
    {
        const string probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)";
        return (await programs.RunAsync(new(context.Workspace!, ["python3", "-I", "-c", probe], TimeSpan.FromSeconds(20)), cancellationToken)).Success;
    }

    /// <summary>The end of what it printed, where the reason is.</summary>
    public static string Tail(ProgramResult result)
    {
        var text = result.Stderr.Length == 0 ? result.Stdout : result.Stdout.Length == 0 ? result.Stderr : $"{result.Stdout.TrimEnd('\n')}\n{result.Stderr}";
        return text.Length <= TailCharacters ? text : text[^TailCharacters..];
    }
}
