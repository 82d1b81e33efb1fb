using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// Git under bubblewrap: it sees the system's programs, the clone and the workspace, and writes only where it is told. A
/// server without bubblewrap limits its time and memory all the same.
/// </summary>
internal sealed class SandboxedGit(
    Bubblewrap bubblewrap,
    SandboxPlan plan,
    GitProcess git,
    ProcessStarter starter,
    IOptions<WorkspaceOptions> options
) : IWorktreeGit
{
    private const string Prlimit = "/usr/bin/prlimit";
    private const int CpuSeconds = 60;
    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxOutputBytes = 64 * 1024 * 1024;

    public async Task<WorktreeResult> RunAsync(WorktreeCommand command, CancellationToken cancellationToken)
    {
        var start = await PrepareAsync(command, cancellationToken);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = await starter.StartAsync(start);
        using var killer = cancellationToken.Register(static state => GitProcess.Kill((Process)state!), process);
        var errors = new CappedOutput("stderr", MaxErrorBytes, NoLiveOutput.Instance);
        var reading = errors.ReadAsync(process.StandardError.BaseStream);
        var writing = WriteAsync(process, command.Input);
        var (output, truncated) = await GitProcess.ReadOutputAsync(
            process.StandardOutput.BaseStream,
            MaxOutputBytes,
            CancellationToken.None
        );
        if (truncated)
        {
            GitProcess.Kill(process);
        }
        await process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAll(reading, writing);
        cancellationToken.ThrowIfCancellationRequested();
        return new(process.ExitCode, output, errors.Text);
    }

    private async Task<ProcessStartInfo> PrepareAsync(WorktreeCommand command, CancellationToken cancellationToken)
    {
        var environment = git.Environment();
        environment["GIT_DIR"] = command.Workspace.GitDir();
        environment["GIT_WORK_TREE"] = command.Workspace.Folder;
        if (command.Index is { } index)
        {
            environment["GIT_INDEX_FILE"] = index;
        }
        string[] script = [.. Limits(), "/bin/sh", "-c", command.Script, "git", .. command.Arguments];
        var bwrap = await bubblewrap.FindOrNullAsync(cancellationToken);
        var start = bwrap is null
            ? new ProcessStartInfo(script[0], script.Skip(1)) { WorkingDirectory = command.Workspace.Folder }
            : plan.Start(bwrap, [.. plan.GitArguments(command, git.ConfigFile, environment), .. script]);
        if (bwrap is null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }
        return start;
    }

    private string[] Limits() =>
        !File.Exists(Prlimit)
            ? []
            :
            [
                Prlimit,
                string.Create(CultureInfo.InvariantCulture, $"--cpu={CpuSeconds}"),
                string.Create(CultureInfo.InvariantCulture, $"--data={options.Value.GitMemoryBytes}"),
                "--core=0",
                "--",
            ];

    private static async Task WriteAsync(Process process, byte[]? input)
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
            // It ended without reading all of it; its exit code says why.
        }
    }
}
