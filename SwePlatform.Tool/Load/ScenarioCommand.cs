using System.Globalization;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Load;

/// <summary>Runs one scenario, prints and writes its result, and stores it with the API.</summary>
internal sealed class ScenarioCommand(LoadSettings settings, TextWriter output)
{
    private const int WarmUpUsers = 4;

    public async Task<int> RunAsync(string name, CancellationToken stop)
    {
        var file = ScenarioFile.Read(settings.ScenarioFile);
        var plan = file.Plan(name, settings.Quick);
        await using var session = await ApiSession.OpenAsync(settings.Target, stop);
        var mix = await session.PrepareAsync(file, output, stop);
        using var client = new LoadClient(plan.MaxUsers, session.Authorization);

        await output.WriteLineAsync(
            $"{plan.Name} on {session.Address} for {plan.Duration:hh\\:mm\\:ss}, up to {plan.MaxUsers} users. "
                + $"{file.Scenarios[name].Description}"
        );
        var result = await WorkProgress.RunAsync(
            output,
            async work =>
            {
                work.Report("Warming up");
                var (time, users) = (TimeSpan.FromSeconds(file.WarmUpSeconds), Math.Min(WarmUpUsers, plan.MaxUsers));
                await LoadRun.WarmUpAsync(time, users, mix, client, TimeProvider.System, stop);
                return await new LoadRun(plan, mix, client, Threshold.From(file), TimeProvider.System).RunAsync(work.Show, stop);
            }
        );

        await new ResultTable(output).WriteAsync(result);
        Directory.CreateDirectory(settings.OutputFolder);
        var path = Path.Combine(
            settings.OutputFolder,
            string.Create(CultureInfo.InvariantCulture, $"{plan.Name}-{result.StartedAt:yyyyMMdd-HHmmss}.json")
        );
        await File.WriteAllTextAsync(path, K6SummaryWriter.Write(result), CancellationToken.None);
        await output.WriteLineAsync($"Summary: {path}");
        if (settings.Report && !result.Interrupted)
        {
            await new RunReport(settings, output).StoreAsync(
                session,
                K6SummaryWriter.ToJson(result),
                plan.Name,
                RunReport.BuiltIn,
                result.StartedAt,
                result.Duration.TotalSeconds,
                stop
            );
        }
        // A search for the breaking point has done its work when it has found one.
        return plan.AbortOnFail && result.Broken is not null ? 0
            : result.FailedThresholds.Count > 0 ? LoadExitCode.ThresholdsFailed
            : result.Interrupted ? LoadExitCode.Interrupted
            : 0;
    }
}
