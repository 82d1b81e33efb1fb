using System.Globalization;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Load;

/// <summary>Tells how a run goes, second by second.</summary>
internal static class ProgressLine
{
    public static void Show(this WorkProgress work, RunProgress progress)
    {
        var figures = progress.Figures;
        var p95 = Metrics.Trend(figures.Latency)["p(95)"];
        var perSecond = figures.Requests / Math.Max(progress.Interval.TotalSeconds, 0.001);
        work.Report(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.Elapsed:hh\\:mm\\:ss} of {progress.Planned:hh\\:mm\\:ss}  {progress.Users, 5} users  {perSecond, 8:0}/s  "
                    + $"p95 {p95, 8:0.0} ms  {figures.Failed} failed"
            ),
            progress.Elapsed / progress.Planned
        );
    }
}
