using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SwePlatform.Api.Infrastructure.Concurrency;

/// <summary>The processor time of this thread: on a busy machine, time passes while nothing is done.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    public static TimeSpan Now() =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && clock_gettime(ThreadClock, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : Stopwatch.GetElapsedTime(0);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, out TimeSpec time);
}
