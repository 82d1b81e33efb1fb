using System.Globalization;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Chaos;

/// <summary>
/// Users who search, write files and change settings while parts of the system are killed, and note what was acknowledged.
/// </summary>
internal sealed class ChaosLoad(ApiClient client, string project, string workspace, AcknowledgedWork work)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Guid _run = Guid.CreateVersion7();

    public static string SettingKey(int worker) => string.Create(CultureInfo.InvariantCulture, $"chaos.worker-{worker}");

    public static string FilePath(int worker) => string.Create(CultureInfo.InvariantCulture, $"chaos-{worker}.txt");

    /// <summary>Works until it is stopped. Each worker has a file and a setting of its own, so that the last value is known.</summary>
    public async Task RunAsync(int worker, CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            try
            {
                await SearchAsync(worker, number, stop);
                await client.SendAsync(HttpMethod.Put, $"/api/v1/config/{SettingKey(worker)}", new { value = number }, stop);
                work.Settings[SettingKey(worker)] = number;
                if (worker == 0)
                {
                    await WriteAsync(worker, number, stop);
                }
                await Task.Delay(Pause, stop);
            }
            catch (Exception exception) when (exception is CommandException or HttpRequestException or IOException)
            {
                work.CountUnanswered();
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                work.CountUnanswered();
            }
        }
    }

    private async Task SearchAsync(int worker, int number, CancellationToken stop)
    {
        // Every other one is asked for again, and comes from the cache.
        var query = string.Create(CultureInfo.InvariantCulture, $"{_run:N}-{worker}-{number / 2}");
        var answer = await client.PostAsync(
            "/api/v1/tools/execute",
            new
            {
                toolName = "code.search",
                projectId = project,
                arguments = new { query },
            },
            stop
        );
        if ((string?)answer["executionId"] is { } id)
        {
            work.Executions.Add(id);
        }
    }

    private async Task WriteAsync(int worker, int number, CancellationToken stop)
    {
        var content = number.ToString(CultureInfo.InvariantCulture);
        var answer = await client.PostAsync(
            "/api/v1/tools/execute",
            new
            {
                toolName = "files.write",
                projectId = project,
                workspace,
                arguments = new { path = FilePath(worker), content },
            },
            stop
        );
        if ((string?)answer["executionId"] is { } id)
        {
            work.Executions.Add(id);
        }
        if ((bool?)answer["success"] == true)
        {
            work.Files[FilePath(worker)] = number;
        }
    }
}
