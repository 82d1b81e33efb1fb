using System.Globalization;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Load.Baseline;

/// <summary>Measures rising loads and the breaking point, and writes them into a Markdown file.</summary>
internal sealed class BaselineCommand(LoadSettings settings, TextWriter output)
{
    private const int WarmUpUsers = 50;

    private static readonly int[] Levels = [1, 10, 50, 100, 200, 400, 500];
    private static readonly int[] QuickLevels = [1, 50, 200, 500];
    private static readonly TimeSpan LevelDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuickDuration = TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(string into, CancellationToken stop)
    {
        var file = ScenarioFile.Read(settings.ScenarioFile);
        MarkdownSection.Check(into);
        await using var session = await ApiSession.OpenAsync(settings.Target, stop);
        var mix = await session.PrepareAsync(file, output, stop);
        var thresholds = Threshold.From(file);
        var resources = ProcessSampler.Find(settings.Target.Address);
        var levels = new List<(RunResult Result, ResourceUse Use)>();
        foreach (var connections in settings.Quick ? QuickLevels : Levels)
        {
            stop.ThrowIfCancellationRequested();
            levels.Add(
                await MeasureAsync(LoadPlan.Constant($"level-{connections}", connections, settings.Quick ? QuickDuration : LevelDuration))
            );
        }
        var (broken, _) = await MeasureAsync(file.Plan("breakpoint", settings.Quick));

        var report = new BaselineReport(
            Checkout.TryFind() is { } checkout ? await checkout.ReadCommitAsync(stop) : null,
            Machine.Read(),
            levels,
            broken
        );
        await MarkdownSection.ReplaceAsync(into, report.Write());
        await output.WriteLineAsync($"Written into {into}");
        if (settings.Report)
        {
            await new RunReport(settings, output).StoreAsync(
                session,
                K6SummaryWriter.ToJson(broken),
                broken.Plan.Name,
                RunReport.BuiltIn,
                broken.StartedAt,
                broken.Duration.TotalSeconds,
                stop
            );
        }
        return 0;

        async Task<(RunResult Result, ResourceUse Use)> MeasureAsync(LoadPlan plan)
        {
            using var client = new LoadClient(plan.MaxUsers, session.Authorization);
            var (result, use) = await WorkProgress.RunAsync(
                output,
                async work =>
                {
                    work.Report($"{plan.Name}: warming up");
                    var (time, users) = (TimeSpan.FromSeconds(file.WarmUpSeconds), Math.Min(plan.MaxUsers, WarmUpUsers));
                    await LoadRun.WarmUpAsync(time, users, mix, client, TimeProvider.System, stop);
                    resources.Begin();
                    var run = new LoadRun(plan, mix, client, thresholds, TimeProvider.System);
                    return (await run.RunAsync(work.Show, stop), resources.End());
                },
                quiet: true
            );
            stop.ThrowIfCancellationRequested();
            var (perSecond, p95) = (result.All.Requests / result.Duration.TotalSeconds, Metrics.Trend(result.All.Latency)["p(95)"]);
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{plan.Name, -16} {perSecond, 8:0}/s  p95 {p95, 8:0.0} ms  {result.All.Failed} failed"
                )
            );
            return (result, use);
        }
    }
}
