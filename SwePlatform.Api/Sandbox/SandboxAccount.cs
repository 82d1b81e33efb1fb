using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// Who programs are for the kernel. A server that runs as root must not share its id with them: even without any
/// capability, root's id opens <c>/proc/sys</c>, and no limit on processes holds for it. Each workspace then has an
/// id of its own, which nobody else has. A server that is not root has no other id to give than its own.
/// </summary>
internal sealed class SandboxAccount
{
    private readonly ConcurrentDictionary<Guid, bool> _owned = new();
    private readonly (uint First, uint Count) _ids = FindIds();

    public bool IsNeeded { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Something was written to the workspace under the server's own id.</summary>
    public void Wrote(Workspace workspace) => _owned.TryRemove(workspace.Id, out _);

    /// <summary>Puts what runs inside bubblewrap under its id, and from there into a second one that holds it there.</summary>
    public IEnumerable<string> Enter(Workspace? workspace, string bwrap, string folder)
    {
        if (!IsNeeded)
        {
            return [];
        }
        var id = Id(workspace?.Id ?? Guid.Empty).ToString(CultureInfo.InvariantCulture);
        return
        [
            "/usr/bin/setpriv",
            "--reuid",
            id,
            "--regid",
            id,
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            bwrap,
            .. SeccompFilter.Arguments,
            "--unshare-user",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--disable-userns",
            "--dev-bind",
            "/",
            "/",
            "--chdir",
            folder,
            "--",
        ];
    }

    /// <summary>Gives the files of a workspace to its programs.</summary>
    /// <param name="results">A further folder to give them, or null.</param>
    public async Task OwnAsync(Workspace workspace, string? results, CancellationToken cancellationToken)
    {
        if (!IsNeeded)
        {
            return;
        }
        var folders = results is null ? new List<string>() : [results];
        if (!_owned.ContainsKey(workspace.Id))
        {
            folders.AddRange([workspace.Folder, workspace.Home()]);
        }
        if (folders.Count > 0)
        {
            var id = Id(workspace.Id).ToString(CultureInfo.InvariantCulture);
            // Links are neither followed nor entered; what programs made is theirs already.
            using var process = Process.Start(
                new ProcessStartInfo("chown", ["--recursive", "--no-dereference", "-P", "--from=0", $"{id}:{id}", "--", .. folders])
            )!;
            await process.WaitForExitAsync(cancellationToken);
            _owned[workspace.Id] = process.ExitCode == 0;
        }
    }

    private uint Id(Guid workspace)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(workspace.ToByteArray(), hash);
        return _ids.First + BinaryPrimitives.ReadUInt32LittleEndian(hash) % _ids.Count;
    }

    // Above what distributions and containers hand out. In a container that has only the usual ids: among the last of
    // those that are meant for users.
    private static (uint First, uint Count) FindIds()
    {
        const uint high = 1_900_000_000,
            many = 100_000_000,
            low = 40_000,
            few = 20_000;
        const string file = "/proc/self/uid_map";
        var highest = File.Exists(file)
            ? File.ReadLines(file)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Max(fields => long.Parse(fields[0], CultureInfo.InvariantCulture) + long.Parse(fields[2], CultureInfo.InvariantCulture))
            : 0;
        return highest > high + many ? (high, many) : (low, few);
    }
}
