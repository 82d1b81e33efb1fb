using System.Diagnostics;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.ServiceDefaults.Telemetry;

namespace SwePlatform.Api.Features.Performance.Resources;

/// <summary>Samples what this process uses.</summary>
internal sealed class ResourceSampler(Measurements measurements, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private TimeSpan _cpu = Environment.CpuUsage.TotalTime;
    private TimeSpan _gcPause = GC.GetTotalPauseDuration();
    private long _allocated = GC.GetTotalAllocatedBytes();
    private (long Read, long Written) _disk = ProcessIo.Read();
    private long _at = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            Sample();
            SampleThreadPool();
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Sample()
    {
        var elapsed = time.GetElapsedTime(_at).TotalSeconds;
        if (elapsed > 0.1)
        {
            _at = time.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            Value("cpu_percent", 100 * (cpu - _cpu).TotalSeconds / elapsed / Environment.ProcessorCount);
            _cpu = cpu;
            var pause = GC.GetTotalPauseDuration();
            Value("gc_pause_percent", 100 * (pause - _gcPause).TotalSeconds / elapsed);
            _gcPause = pause;
            var allocated = GC.GetTotalAllocatedBytes();
            Value("allocated_bytes_per_second", (allocated - _allocated) / elapsed);
            _allocated = allocated;
            var disk = ProcessIo.Read();
            Value("disk_read_bytes_per_second", (disk.Read - _disk.Read) / elapsed);
            Value("disk_written_bytes_per_second", (disk.Written - _disk.Written) / elapsed);
            _disk = disk;
        }
        Value("working_set_bytes", Environment.WorkingSet);
        Value("gc_heap_bytes", GC.GetTotalMemory(false));
        Value("gen2_collections", GC.CollectionCount(2));
        Value("thread_pool_threads", ThreadPool.ThreadCount);
        Value("thread_pool_queue", ThreadPool.PendingWorkItemCount);
        Value("open_handles", Process.GetCurrentProcess().HandleCount);
    }

    // How long work waits for a thread: under load a request's own duration begins only after this.
    private void SampleThreadPool()
    {
        var queued = time.GetTimestamp();
        ThreadPool.UnsafeQueueUserWorkItem(_ => Value("thread_pool_delay_ms", time.GetElapsedTime(queued).TotalMilliseconds), null);
    }

    private void Value(string name, double value) => measurements.Value(name, "", value);
}
