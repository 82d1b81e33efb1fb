using System.Globalization;
using Npgsql;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Chaos;

/// <summary>One series of kills under load.</summary>
internal sealed class ChaosRun(RunningSystem system, ApiClient client, string project, string workspace, TextWriter output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan WorkTime = TimeSpan.FromSeconds(2);

    /// <returns>Whether nothing that was acknowledged is lost.</returns>
    public async Task<bool> RunAsync(int kills, int users, CancellationToken cancellationToken)
    {
        (string Name, int Port)[] parts =
        [
            ("API", system.Api!.Port),
            ("Postgres", new NpgsqlConnectionStringBuilder(system.Database).Port),
            ("Redis", int.Parse(system.Redis!.Split(',')[0].Split(':')[^1], CultureInfo.InvariantCulture)),
        ];
        var work = new AcknowledgedWork();
        var since = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var load = new ChaosLoad(client, project, workspace, work);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, users).Select(worker => load.RunAsync(worker, end.Token)).ToList();
        var recoveries = new List<TimeSpan>();
        for (var kill = 0; kill < kills; kill++)
        {
            // At another moment of their work each time.
            await Task.Delay(WorkTime + TimeSpan.FromMilliseconds(Random.Shared.Next(500)), cancellationToken);
            var (name, port) = parts[kill % parts.Length];
            recoveries.Add(await KillAsync(name, port, cancellationToken));
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kill + 1, 4}  {name, -8} killed, ready again after {recoveries[^1].TotalSeconds:0.0} s; "
                        + $"{work.Executions.Count} executions acknowledged"
                )
            );
        }
        await Task.Delay(WorkTime, cancellationToken);
        await end.CancelAsync();
        await Task.WhenAll(workers);
        await WaitUntilReadyAsync(cancellationToken);

        var losses = await new ChaosAudit(client, project, workspace).FindLossesAsync(work, since, cancellationToken);
        foreach (var loss in losses)
        {
            await output.WriteLineAsync($"LOST  {loss}");
        }
        recoveries.Sort();
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kills} kills: {work.Executions.Count} executions, {work.Settings.Values.Sum()} settings and "
                    + $"{work.Files.Values.Sum()} file writes acknowledged, "
                    + $"{work.Unanswered} requests unanswered; {losses.Count} lost. Ready again after "
                    + $"{recoveries[recoveries.Count / 2].TotalSeconds:0.0} s (median), "
                    + $"{recoveries[^1].TotalSeconds:0.0} s at most"
            )
        );
        return losses.Count == 0;
    }

    private async Task<TimeSpan> KillAsync(string name, int port, CancellationToken cancellationToken)
    {
        using var process =
            ListeningProcess.Find(port)
            ?? throw new CommandException(
                $"Nothing is listening on port {port}, where {name} should be. Is it the AppHost that started this platform?"
            );
        var begun = TimeProvider.System.GetTimestamp();
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        while (true)
        {
            using var next = ListeningProcess.Find(port);
            if (next is not null && next.Id != process.Id)
            {
                break;
            }
            await WaitAsync(begun, $"{name} was not started again", cancellationToken);
        }
        await WaitUntilReadyAsync(cancellationToken);
        return TimeProvider.System.GetElapsedTime(begun);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        for (
            var begun = TimeProvider.System.GetTimestamp();
            ;
            await WaitAsync(begun, "The platform did not become ready again", cancellationToken)
        )
        {
            try
            {
                using var answer = await client.Http.GetAsync(client.Resolve("/health"), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }

    private static Task WaitAsync(long begun, string problem, CancellationToken cancellationToken) =>
        TimeProvider.System.GetElapsedTime(begun) > RecoveryLimit
            ? throw new CommandException($"{problem} within {RecoveryLimit.TotalMinutes:0} minutes.")
            : Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
}
