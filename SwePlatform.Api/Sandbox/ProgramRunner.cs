using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>Runs programs in workspaces: sandboxed, limited, and gone with all that they started when they end.</summary>
internal sealed partial class ProgramRunner(
    Bubblewrap bubblewrap,
    SandboxPlan plan,
    SandboxAccount account,
    ResourceLimits limits,
    ProcessStarter starter,
    ProcessWatch watch,
    WorkspaceQuota quota,
    IOptions<SandboxOptions> options,
    TimeProvider time
)
{
    public async Task<ProgramResult> RunAsync(ProgramRequest request, CancellationToken cancellationToken)
    {
        var start = await PrepareAsync(request, cancellationToken);
        var begin = time.GetTimestamp();
        using var process = await StartAsync(start, request.Command[0]);
        using var ending = new Ending(process);
        using var timeout = new CancellationTokenSource(request.TimeLimit, time);
        using var timedOut = timeout.Token.Register(() => ending.Stop(StopReason.TimeLimit));
        using var cancelled = cancellationToken.Register(() => ending.Stop(null));
        using var watching = watch.Watch(
            process.Id,
            options.Value,
            new DiskWatch(request.Workspace, request.ResultsFolder, quota, time).Look,
            reason => ending.Stop(reason)
        );

        var stdout = new CappedOutput("stdout", options.Value.OutputBytes, request.Output);
        var stderr = new CappedOutput("stderr", options.Value.OutputBytes, request.Output);
        var reading = Task.WhenAll(stdout.ReadAsync(process.StandardOutput.BaseStream), stderr.ReadAsync(process.StandardError.BaseStream));
        await WriteInputAsync(process, request.Input);
        await process.WaitForExitAsync(CancellationToken.None);
        ending.Ended();
        await reading;
        cancellationToken.ThrowIfCancellationRequested();
        return new(
            process.ExitCode,
            stdout.Text,
            stderr.Text,
            stdout.Truncated || stderr.Truncated,
            ending.Reason,
            time.GetElapsedTime(begin)
        );
    }

    private async Task<ProcessStartInfo> PrepareAsync(ProgramRequest request, CancellationToken cancellationToken)
    {
        var bwrap = await bubblewrap.FindAsync(cancellationToken);
        if (FullDisk.IsNear(request.Workspace.Folder))
        {
            throw FullDisk.Problem();
        }
        // Git's pointer to the clone, as the server wrote it: the one in the working copy may have been changed.
        await File.WriteAllTextAsync(
            Path.Combine(request.Workspace.GitDir(), "pointer"),
            $"gitdir: {request.Workspace.GitDir()}\n",
            cancellationToken
        );
        ProcessStartInfo start;
        if (bwrap is not null)
        {
            await account.OwnAsync(request.Workspace, request.ResultsFolder, cancellationToken);
            start = plan.Start(
                bwrap,
                [
                    .. plan.Arguments(bwrap, request.Workspace, request.ResultsFolder, request.Environment),
                    .. limits.Arguments(options.Value, request.DeleteOnly),
                    .. request.Command,
                ]
            );
        }
        else
        {
            // There is only the host's own folder.
            var command = request
                .Command.Select(part => request.ResultsFolder is { } results ? ResultsPath().Replace(part, results) : part)
                .ToList();
            start = new(command[0], command.Skip(1)) { WorkingDirectory = request.Workspace.Folder };
            start.Environment.Clear();
            foreach (var (name, value) in plan.Variables(request.Workspace).Concat(request.Environment))
            {
                start.Environment[name] = value;
            }
            start.Environment["HOME"] = request.Workspace.Home();
        }
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    // Not a folder of the project that ends in the same word.
    [GeneratedRegex(@"(?<![\w./-])" + SandboxPlan.Results + @"(?![\w.-])")]
    private static partial Regex ResultsPath();

    private async Task<Process> StartAsync(ProcessStartInfo start, string program)
    {
        try
        {
            return await starter.StartAsync(start);
        }
        catch (Win32Exception)
        {
            throw RequestException.NotFound($"There is no program '{program}' on this server.");
        }
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended, or was ended, without reading all of it.
        }
    }

    /// <summary>Ends a program once, and remembers why.</summary>
    private sealed class Ending(Process process) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _done;

        public StopReason? Reason { get; private set; }

        public void Stop(StopReason? reason)
        {
            lock (_lock)
            {
                if (!_done)
                {
                    _done = true;
                    Reason = reason;
                    // Its sandbox dies with it, and with the sandbox all that runs inside.
                    process.Kill(entireProcessTree: true);
                }
            }
        }

        public void Ended()
        {
            lock (_lock)
            {
                _done = true;
            }
        }

        public void Dispose() => Ended();
    }
}

/// <summary>Looks now and then whether a run fills the disk, more seldom the longer the look takes.</summary>
internal sealed class DiskWatch(Workspace workspace, string? results, WorkspaceQuota quota, TimeProvider time)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    private long _last = time.GetTimestamp();
    private TimeSpan _wait = Least;
    private Task<FolderUse>? _measuring;

    public StopReason? Look()
    {
        if (_measuring is { IsCompletedSuccessfully: true })
        {
            var took = time.GetElapsedTime(_last);
            var use = _measuring.GetAwaiter().GetResult();
            (_measuring, _last, _wait) = (null, time.GetTimestamp(), TimeSpan.FromTicks(Math.Max(Least.Ticks, took.Ticks * 10)));
            return quota.IsTooMuch(use) ? StopReason.DiskLimit : null;
        }
        if (_measuring is null && time.GetElapsedTime(_last) > _wait)
        {
            _last = time.GetTimestamp();
            _measuring = Task.Run(() => quota.Measure(workspace) + (results is null ? default : FolderTree.Measure(results)));
        }
        return null;
    }
}
