using System.Globalization;

namespace SwePlatform.AppHost.Embedded.LoadTest;

/// <summary>Tells how a run goes: one line that changes at a terminal, a line every ten seconds elsewhere.</summary>
internal sealed class ProgressLine(TextWriter output, bool terminal)
{
    private const int SecondsBetweenLines = 10;
    private int _seconds;

    public void Show(Progress progress)
    {
        if (!terminal && _seconds++ % SecondsBetweenLines != 0)
        {
            return;
        }
        var figures = progress.Figures;
        var p95 = Metrics.Trend(figures.Latency)["p(95)"];
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{progress.Elapsed:hh\\:mm\\:ss} of {progress.Planned:hh\\:mm\\:ss}  {progress.Users,5} users  {figures.Requests / Math.Max(progress.Interval.TotalSeconds, 0.001),8:0}/s  p95 {p95,8:0.0} ms  {figures.Failed} failed");
        output.Write(terminal ? $"\r{line}\e[K" : line + Environment.NewLine);
    }

    public void End()
    {
        if (terminal)
        {
            output.WriteLine();
        }
    }
}
