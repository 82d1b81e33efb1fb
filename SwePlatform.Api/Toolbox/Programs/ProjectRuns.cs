using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Runs the commands of <see cref="ProjectCommands"/> in the project's folder.</summary>
internal sealed partial class ProjectRuns(ProgramRunner programs, WorkspaceQuota quota)
{
    /// <summary>In the folder of the results: what a runner printed whose output is its report.</summary>
    public const string OutputFile = "output.txt";

    private const int TailCharacters = 16 * 1024;

    private const string KeepOutput = $$"""
        { "$@"; echo $? > {{SandboxPlan.Results}}/status; } | tee {{SandboxPlan.Results}}/{{OutputFile}}
        exit "$(cat {{SandboxPlan.Results}}/status)"
        """;

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PYTHONPYCACHEPREFIX"] = "/tmp/pycache",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };

    /// <exception cref="ToolException">The workspace is full, or there is no program for this kind of project.</exception>
    public async Task<ProgramResult> RunAsync(
        FoundProject project,
        IReadOnlyList<string> command,
        ToolContext context,
        TimeSpan timeLimit,
        string? results,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        if (quota.Problem(context.Workspace!) is { } full)
        {
            throw new ToolException(ToolException.Full, full);
        }
        context.Output.Write("progress", $"$ {string.Join(' ', command)}\n");
        // env changes the folder; there is no shell that could read the command as anything else.
        IReadOnlyList<string> inFolder = project.Folder.Length == 0 ? command : ["env", "--chdir", project.Folder, "--", .. command];
        var result = await programs.RunAsync(
            new(
                context.Workspace!,
                results is not null && project.Ecosystem is Ecosystem.Go or Ecosystem.Rust
                    ? ["sh", "-c", KeepOutput, "sh", .. inFolder]
                    : inFolder,
                timeLimit
            )
            {
                Environment = environment is null ? Environment : Environment.Concat(environment).ToDictionary(),
                ResultsFolder = results,
                Output = context.Output,
            },
            cancellationToken
        );
        if (result.ExitCode == 127 && result.Stdout.Length == 0)
        {
            throw new ToolException(
                ToolException.Unsupported,
                $"This is a {project.Ecosystem} project, and the program '{command[0]}' is not available to programs on this "
                    + $"server. An administrator can install it: {Package(project, command[0])}.{project.NameOthers()}"
            );
        }
        if (
            result.ExitCode == 127
            && project.Ecosystem == Ecosystem.Node
            && NodeCommands.MissingDependencies(project, context.Workspace!) is { } missing
        )
        {
            throw new ToolException(ToolException.Unsupported, missing);
        }
        return result;
    }

    /// <summary>The interpreter that has pytest: of the project's own environment, else of this server; null for none.</summary>
    public async Task<string?> FindPytestAsync(FoundProject project, ToolContext context, CancellationToken cancellationToken)
    {
        const string probe =
            "for python in .venv/bin/python venv/bin/python python3 /usr/bin/python3; do \"$python\" -c 'import pytest' "
            + ">/dev/null 2>&1 && echo \"$python\" && exit; done";
        var result = await programs.RunAsync(
            new(
                context.Workspace!,
                ["env", "--chdir", project.Folder.Length == 0 ? "." : project.Folder, "--", "sh", "-c", probe],
                TimeSpan.FromSeconds(30)
            ),
            cancellationToken
        );
        return result.Stdout.Trim() is { Length: > 0 } python ? python : null;
    }

    private static string Package(FoundProject project, string program) =>
        (project.Ecosystem, program) switch
        {
            (Ecosystem.Dotnet, _) => "the .NET SDK, such as 'dotnet-sdk-10.0'",
            (Ecosystem.Go, _) => "Go, such as Debian's 'golang-go'",
            (Ecosystem.Rust, _) => "Rust, such as by rustup or Debian's 'cargo'",
            (Ecosystem.Java, "gradle") =>
                "Gradle and a JDK, such as Debian's 'gradle' and 'default-jdk'; a project with its own gradlew can load it "
                    + "where 'allowNetwork' is set",
            (Ecosystem.Java, _) => "Maven and a JDK, such as Debian's 'maven' and 'default-jdk'",
            (Ecosystem.Node, _) => "Node and npm, such as Debian's 'nodejs' and 'npm'",
            _ => "Python, such as Debian's 'python3'",
        };

    /// <summary>The end of what it printed, where the reason is.</summary>
    public static string Tail(ProgramResult result)
    {
        var text = Escapes().Replace(All(result), "");
        return text.Length <= TailCharacters ? text : text[^TailCharacters..];
    }

    private static string All(ProgramResult result) =>
        result.Stderr.Length == 0 ? result.Stdout
        : result.Stdout.Length == 0 ? result.Stderr
        : $"{result.Stdout.TrimEnd('\n')}\n{result.Stderr}";

    // Colours, which not every program leaves out when it is asked to.
    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex Escapes();
}
