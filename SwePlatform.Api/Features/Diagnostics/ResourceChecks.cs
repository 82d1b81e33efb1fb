using System.Globalization;
using System.Runtime;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.Rollups;
using SwePlatform.Api.Repositories;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Probes of what the processes use, and of what they may use.</summary>
internal sealed class ResourceChecks(RollupQuery rollups, IOptions<WorkspaceOptions> workspaces, TimeProvider time)
{
    private const double Megabyte = 1024 * 1024;

    public async Task<Finding> UsageAsync(string? authorization, CancellationToken cancellationToken)
    {
        var values = await ReadAsync(TimeSpan.FromMinutes(5), null, cancellationToken);
        double Average(string name) =>
            values.Where(pair => pair.Key.Key.Name == name).Select(pair => pair.Value.Average).DefaultIfEmpty().Max();
        var (cpu, pause, delay) = (Average("cpu_percent"), Average("gc_pause_percent"), Average("thread_pool_delay_ms"));
        string[] evidence =
        [
            Invariant($"CPU {cpu:0.#} % of {Environment.ProcessorCount} processors, in the busiest replica, over five minutes"),
            Invariant($"garbage collection pauses {pause:0.##} % of the time"),
            Invariant($"work waits {delay:0.##} ms for a thread"),
            Invariant($"disk: {Average("disk_read_bytes_per_second") / Megabyte:0.##} MiB/s read, ")
                + Invariant($"{Average("disk_written_bytes_per_second") / Megabyte:0.##} MiB/s written"),
        ];
        return cpu > 85
                ? Finding.Fail(
                    "The processors are used up.",
                    "Add a replica, or find what takes the time: /performance/summary by endpoint, then a profile with dotnet-trace.",
                    evidence
                )
            : delay > 50 || pause > 10
                ? Finding.Warn(
                    "Requests wait for threads or for garbage collection.",
                    "Look for blocking calls in a dump (dotnet-stack), and for what allocates: /performance/resources.",
                    evidence
                )
            : Finding.Pass("There are resources to spare.", evidence);
    }

    public Task<Finding> LimitsAsync(string? authorization, CancellationToken cancellationToken)
    {
        var memory = GC.GetGCMemoryInfo();
        var drive = new DriveInfo(Path.GetFullPath(workspaces.Value.Root));
        var (files, mostFiles) = ProcessLimits.OpenFiles();
        string[] evidence =
        [
            Invariant($"memory: {Environment.WorkingSet / Megabyte:0} of {memory.TotalAvailableMemoryBytes / Megabyte:0} MiB"),
            Invariant($"disk of workspaces: {drive.AvailableFreeSpace / Megabyte:0} of {drive.TotalSize / Megabyte:0} MiB free"),
            mostFiles is null ? "open files: not known on this system" : $"open files: {files} of {mostFiles}",
        ];
        return Task.FromResult(
            drive.AvailableFreeSpace < 1024 * Megabyte || drive.AvailableFreeSpace < drive.TotalSize * 0.02
                ? Finding.Fail(
                    "The disk is nearly full.",
                    "Delete workspaces and old backups, or give Workspaces:Root a larger disk.",
                    evidence
                )
            : Environment.WorkingSet > memory.TotalAvailableMemoryBytes * 0.9
                ? Finding.Fail(
                    "Memory is nearly used up.",
                    "Raise the limit of the container or service, or lower Cache:MemoryBytes and Tools:ResultCacheBytes.",
                    evidence
                )
            : files > mostFiles * 0.8
                ? Finding.Fail(
                    "The process may open few files more.",
                    "Raise its limit (LimitNOFILE in systemd, ulimit -n in a shell).",
                    evidence
                )
            : mostFiles < 4096
                ? Finding.Warn(
                    "The process may open few files for many users.",
                    "Raise its limit (LimitNOFILE in systemd, ulimit -n in a shell).",
                    evidence
                )
            : Finding.Pass("No limit is near.", evidence)
        );
    }

    /// <summary>A line through the memory of each replica over the last hours: it must not rise steadily.</summary>
    public async Task<Finding> MemoryTrendAsync(string? authorization, CancellationToken cancellationToken)
    {
        var values = await ReadAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(1), cancellationToken, "working_set_bytes");
        var (evidence, rising) = (new List<string>(), false);
        foreach (var replica in values.GroupBy(pair => pair.Key.Replica))
        {
            var points = replica
                .OrderBy(pair => pair.Key.At)
                .Select(pair => (Hours: (pair.Key.At - time.GetUtcNow()).TotalHours, Megabytes: pair.Value.Average / Megabyte))
                .ToList();
            // Start-up and warm caches grow for a while.
            if (points.Count < 30)
            {
                evidence.Add($"{replica.Key}: measured for {points.Count} minutes, too short to judge by");
                continue;
            }
            var (slope, fit) = Line(points.Skip(10).ToList());
            evidence.Add(
                Invariant(
                    $"{replica.Key}: {points[0].Megabytes:0} → {points[^1].Megabytes:0} MiB, {slope:+0.0;-0.0} MiB an hour, fit {fit:0.00}"
                )
            );
            rising |= slope > 20 && fit > 0.8 && slope * 6 > 0.2 * points[^1].Megabytes;
        }
        return rising
                ? Finding.Fail(
                    "Memory rises steadily.",
                    "Take two dumps an hour apart (dotnet-gcdump collect) and compare what has grown.",
                    evidence
                )
            : evidence.TrueForAll(line => line.Contains("too short", StringComparison.Ordinal))
                ? Finding.Unknown("The replicas have not run for long enough.", "Look again after half an hour.", evidence)
            : Finding.Pass("Memory does not rise steadily.", evidence);
    }

    public static Task<Finding> MemoryProfileAsync(string? authorization, CancellationToken cancellationToken)
    {
        var memory = GC.GetGCMemoryInfo();
        string[] evidence =
        [
            Invariant($"heap {memory.HeapSizeBytes / Megabyte:0.#} MiB, of it fragmented {memory.FragmentedBytes / Megabyte:0.#} ")
                + Invariant(
                    $"MiB; committed {memory.TotalCommittedBytes / Megabyte:0.#} MiB; process {Environment.WorkingSet / Megabyte:0.#} MiB"
                ),
            .. memory
                .GenerationInfo.ToArray()
                .Select(
                    (generation, index) =>
                        Invariant($"{(index < 3 ? $"generation {index}" : index == 3 ? "large objects" : "pinned objects")}: ")
                        + Invariant($"{generation.SizeAfterBytes / Megabyte:0.#} MiB")
                ),
            $"collector: {(GCSettings.IsServerGC ? "server" : "workstation")}",
        ];
        return Task.FromResult(
            memory.HeapSizeBytes > 64 * Megabyte && memory.FragmentedBytes > memory.HeapSizeBytes / 2
                ? Finding.Warn(
                    "Half of the heap is fragmented.",
                    "Large arrays come and go: profile allocations with dotnet-trace collect --profile gc-verbose.",
                    evidence
                )
                : Finding.Pass(
                    "The heap looks sound. For a profile: dotnet-gcdump collect, dotnet-trace collect --profile gc-verbose.",
                    evidence
                )
        );
    }

    public static Task<Finding> ObjectLifecycleAsync(string? authorization, CancellationToken cancellationToken)
    {
        var memory = GC.GetGCMemoryInfo(GCKind.FullBlocking) is { Index: > 0 } blocking ? blocking : GC.GetGCMemoryInfo(GCKind.Any);
        string[] evidence =
        [
            $"collections: {GC.CollectionCount(0)} of generation 0, {GC.CollectionCount(1)} of 1, {GC.CollectionCount(2)} of 2",
            Invariant($"survived the last one: {memory.PromotedBytes / Megabyte:0.#} MiB; waiting for finalizers: ")
                + Invariant($"{memory.FinalizationPendingCount}; pinned: {memory.PinnedObjectsCount}"),
        ];
        return Task.FromResult(
            memory.FinalizationPendingCount > 10_000
                ? Finding.Fail(
                    "Objects wait for their finalizers.",
                    "Something is not disposed: look for the type in dotnet-gcdump.",
                    evidence
                )
            : GC.CollectionCount(2) > 100 && GC.CollectionCount(2) > GC.CollectionCount(0) / 2
                ? Finding.Warn(
                    "Every other collection is a full one: objects live just long enough to be costly.",
                    "Look for caches without a limit, and for large arrays that are not pooled.",
                    evidence
                )
            : Finding.Pass("Objects die young.", evidence)
        );
    }

    private async Task<Dictionary<(DateTimeOffset At, string Replica, ValueKey Key), ValueSummary>> ReadAsync(
        TimeSpan window,
        TimeSpan? step,
        CancellationToken cancellationToken,
        string? name = null
    )
    {
        var now = time.GetUtcNow();
        return await rollups.ReadValuesAsync(now - window, now, step, name, cancellationToken);
    }

    // Least squares: the slope, and how much of the movement it explains.
    private static (double Slope, double Fit) Line(List<(double X, double Y)> points)
    {
        var (meanX, meanY) = (points.Average(point => point.X), points.Average(point => point.Y));
        var xx = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        var yy = points.Sum(point => (point.Y - meanY) * (point.Y - meanY));
        var xy = points.Sum(point => (point.X - meanX) * (point.Y - meanY));
        return xx == 0 ? (0, 0) : (xy / xx, yy == 0 ? 0 : xy * xy / (xx * yy));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
