using System.Globalization;
using System.Text;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Repositories.Pruning;

/// <summary>
/// Packs a clone anew where that is worth it: many packs or loose objects, or commits in packs that nothing refers to
/// any more. Files that a process holds open stay readable until it closes them, and Git looks for the new packs itself.
/// </summary>
/// <remarks>
/// The age of a pack says when it was fetched, not since when it is not needed. So what a ref pointed at the last time is
/// kept by a ref of its own for as long as young objects are.
/// </remarks>
internal sealed class PackPruning(GitProcess git, WorkspaceLocks locks, TimeProvider time)
{
    private const string Kept = "refs/kept/";
    private const string Roots = Kept + "index-";
    private const int MaxPacks = 20;
    private const int MaxLoose = 5000;
    private const int MaxCompared = 500;

    /// <summary>Keeps for a while what lost its ref since the last time, and lets go what has been kept for long enough.</summary>
    /// <returns>Whether something in the clone has become superfluous by that.</returns>
    public async Task<bool> LetGoAsync(string gitDir, TimeSpan grace, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var refs = await ReadRefsAsync(gitDir, cancellationToken);
        var tips = refs.Where(entry => !IsKept(entry.Name)).Select(entry => entry.Id).ToHashSet();
        var file = Path.Combine(gitDir, "swe-tips");
        var lost = File.Exists(file) ? (await File.ReadAllLinesAsync(file, cancellationToken)).Where(IsId).Except(tips).ToList() : [];
        await UpdateAsync(
            gitDir,
            lost.Select(id => $"create {Kept}{now.ToString(CultureInfo.InvariantCulture)}-{id} {id}"),
            cancellationToken
        );
        var expired = refs.Where(entry => IsKept(entry.Name) && !(Since(entry.Name) > now - (long)grace.TotalSeconds)).ToList();
        if (expired.Count > 0)
        {
            // Left until a repack has ended well, since the refs that say so are gone by then.
            await File.WriteAllTextAsync(DueFile(gitDir), "", cancellationToken);
        }
        await UpdateAsync(gitDir, expired.Select(entry => $"delete {entry.Name}"), cancellationToken);
        await File.WriteAllLinesAsync(file, tips, cancellationToken);
        var ids = expired.Select(entry => entry.Id).Distinct().ToList();
        if (
            ids.Count is > 0 and <= MaxCompared
            && (await git.RunAsync(gitDir, ["rev-list", "--max-count=1", .. ids, "--not", "--all"], cancellationToken)).Text.Length == 0
        )
        {
            File.Delete(DueFile(gitDir));
        }
        return File.Exists(DueFile(gitDir));
    }

    private static string PruningFile(string gitDir) => Path.Combine(gitDir, "swe-pruning");

    private static string DueFile(string gitDir) => Path.Combine(gitDir, "swe-repack-due");

    /// <summary>Whether reading has become slow by many files.</summary>
    public static bool IsScattered(string gitDir)
    {
        var objects = new DirectoryInfo(Path.Combine(gitDir, "objects"));
        // Objects are spread evenly over 256 folders.
        var sample = new DirectoryInfo(Path.Combine(objects.FullName, "17"));
        var packs = Packs(gitDir);
        return (packs.Exists && packs.EnumerateFiles("*.pack").Take(MaxPacks + 1).Count() > MaxPacks)
            || (sample.Exists && sample.EnumerateFiles().Take(MaxLoose / 256 + 1).Count() > MaxLoose / 256);
    }

    /// <summary>Whoever makes a workspace from now on sees that the clone is being pruned; who had begun before is waited for.</summary>
    public async Task BeginAsync(string gitDir, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(PruningFile(gitDir), "", cancellationToken);
        await locks.DrainAsync(WorkspaceFolders.ObjectLock(gitDir), cancellationToken);
    }

    public static void End(string gitDir) => File.Delete(PruningFile(gitDir));

    /// <summary>Packs anew, and puts what is superfluous into a pack of its own. Nothing is dropped yet.</summary>
    /// <param name="roots">Objects that are needed beside those that refs name.</param>
    /// <remarks>
    /// Who writes an object that the clone already has only makes its pack young again, which a repack that has begun does
    /// not see. What is found in the pack of superfluous objects is written anew.
    /// </remarks>
    public async Task CollectAsync(string gitDir, List<string> roots, CancellationToken cancellationToken)
    {
        RemoveLeftovers(gitDir);
        await RepackAsync(gitDir, roots, [], cancellationToken);
    }

    /// <summary>
    /// Drops what was collected and has been superfluous for long enough, once those have ended who saw the packs from before.
    /// </summary>
    public async Task DropAsync(
        string gitDir,
        Func<CancellationToken, Task<List<string>>> findRoots,
        TimeSpan grace,
        CancellationToken cancellationToken
    )
    {
        if (Packs(gitDir).EnumerateFiles("*.mtimes").Any())
        {
            await locks.DrainAsync(WorkspaceFolders.ObjectLock(gitDir), cancellationToken);
            await RepackAsync(
                gitDir,
                await findRoots(cancellationToken),
                [$"--cruft-expiration={(int)grace.TotalSeconds}.seconds.ago"],
                cancellationToken
            );
        }
        File.Delete(DueFile(gitDir));
    }

    private async Task RepackAsync(string gitDir, List<string> roots, string[] options, CancellationToken cancellationToken)
    {
        try
        {
            await UpdateAsync(gitDir, roots.Select((root, index) => $"update {Roots}{index} {root}"), cancellationToken);
            // What is unreachable and young stays packed, with its times: loose, without deltas, it could be a thousand times larger.
            await git.RunAsync(
                gitDir,
                [
                    "-c",
                    "pack.threads=1",
                    "-c",
                    "pack.windowMemory=128m",
                    "-c",
                    "core.bigFileThreshold=32m",
                    "-c",
                    "repack.writeBitmaps=false",
                    "repack",
                    "--cruft",
                    .. options,
                    "-d",
                    "-l",
                    "--quiet",
                ],
                cancellationToken
            );
        }
        finally
        {
            // Those of a run that was broken off have no time, and go the next time.
            await UpdateAsync(gitDir, roots.Select((_, index) => $"delete {Roots}{index}"), CancellationToken.None);
        }
    }

    /// <summary>
    /// For a commit that is about to get a ref, while the caller shares the object lock. Should the clone be pruned just
    /// now, it gets a new pack of what no ref leads to yet: a pruning that has already looked for refs would drop it.
    /// </summary>
    public async Task KeepAsync(string gitDir, string commit, CancellationToken cancellationToken)
    {
        if (File.Exists(PruningFile(gitDir)))
        {
            // The branches of other workspaces may go any time.
            var tips = (await ReadRefsAsync(gitDir, cancellationToken))
                .Where(entry => !IsKept(entry.Name) && !entry.Name.StartsWith("refs/swe/", StringComparison.Ordinal))
                .Select(entry => entry.Id)
                .Distinct();
            await git.RunAsync(
                gitDir,
                ["pack-objects", "--revs", "--non-empty", "--quiet", "--threads=1", Path.Combine(Packs(gitDir).FullName, "pack")],
                cancellationToken,
                input: Encoding.ASCII.GetBytes($"{commit}\n--not\n{string.Concat(tips.Select(id => id + "\n"))}")
            );
        }
    }

    // Of a repack that was broken off. What is young is just being written.
    private void RemoveLeftovers(string gitDir)
    {
        var old = time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1);
        var packs = Packs(gitDir);
        foreach (
            var file in packs.Exists
                ? packs
                    .EnumerateFiles()
                    .Where(file =>
                        file.Name.StartsWith("tmp_", StringComparison.Ordinal) || file.Name.StartsWith(".tmp-", StringComparison.Ordinal)
                    )
                : []
        )
        {
            if (file.LastWriteTimeUtc < old)
            {
                file.Delete();
            }
        }
    }

    private static DirectoryInfo Packs(string gitDir) => new(Path.Combine(gitDir, "objects", "pack"));

    private static bool IsKept(string name) => name.StartsWith(Kept, StringComparison.Ordinal);

    private async Task<List<(string Id, string Name)>> ReadRefsAsync(string gitDir, CancellationToken cancellationToken) =>
        (await git.RunAsync(gitDir, ["for-each-ref", "--format=%(objectname) %(refname)"], cancellationToken))
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .Select(parts => (Id: parts[0], Name: parts[1]))
            .ToList();

    private async Task UpdateAsync(string gitDir, IEnumerable<string> commands, CancellationToken cancellationToken)
    {
        var text = string.Concat(commands.Select(command => command + "\n"));
        if (text.Length > 0)
        {
            await git.RunAsync(gitDir, ["update-ref", "--stdin"], cancellationToken, input: Encoding.UTF8.GetBytes(text));
        }
    }

    private static long? Since(string name) =>
        long.TryParse(name[Kept.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var since) ? since : null;

    private static bool IsId(string line) => line.Length is 40 or 64 && line.All(char.IsAsciiHexDigitLower);
}
