using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>
/// What one user's work costs another, as a ratio to the same without it: in turns, so that a machine that is busy with
/// something else is so in both.
/// </summary>
[Collection(Alone.Name)]
public sealed class FairnessTests(Platform platform)
{
    private const int Rounds = 5;
    private const int CallsPerRound = 25;

    [Fact]
    public async Task A_hundred_heavy_searches_of_one_user_do_not_keep_another_waiting()
    {
        await using var api = platform.StartApi(("Tools:Concurrency", "0"));
        using var heavy = await NewUserAsync(api, 4000);
        using var light = await NewUserAsync(api, 200);

        await CompareAsync(
            5,
            () => SearchAsync(light, "light [a-z]+ nothing"),
            stop =>
                Task.WhenAll(
                    Enumerable
                        .Range(0, 100)
                        .Select(async _ =>
                        {
                            while (!stop.IsCancellationRequested)
                            {
                                await SearchAsync(heavy, "heavy [a-z]+ ([a-z]+ )*nothing");
                            }
                        })
                )
        );
    }

    [Fact]
    public async Task A_flood_of_registrations_does_not_keep_readers_waiting()
    {
        await using var api = platform.StartApi(("RateLimits:SignInsPerAddress", "1000000"));
        using var reader = (await platform.NewMemberAsync()).At(api.ClientOptions.BaseAddress);
        using var flood = new ApiClient(api.ClientOptions.BaseAddress);

        await CompareAsync(
            3,
            async () => (await reader.GetAsync("/projects")).Expect(HttpStatusCode.OK),
            stop =>
                Task.WhenAll(
                    Enumerable
                        .Range(0, 50)
                        .Select(async _ =>
                        {
                            while (!stop.IsCancellationRequested)
                            {
                                await flood.PostAsync(
                                    "/auth/register",
                                    new { email = $"{Guid.CreateVersion7():N}@example.com", password = ApiClient.Password }
                                );
                            }
                        })
                )
        );
    }

    // The 95th percentile under load, by that without it.
    private static async Task CompareAsync(double limit, Func<Task> call, Func<CancellationToken, Task> load)
    {
        // A measurement of minutes, and of the machine as much as of the platform: made when it is asked for.
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("SWE_MEASURE_FAIRNESS") == "1",
            "Set SWE_MEASURE_FAIRNESS=1 on a machine that does nothing else."
        );
        // With the processors taken by others, whoever uses what is left waits for them.
        Assert.SkipWhen(await BusyAsync() > 0.3, "The machine is busy with something else, and ratios would say more about that.");
        await MeasureAsync(call);
        var (ratios, figures) = (new List<double>(), new List<string>());
        for (var round = 0; round < Rounds; round++)
        {
            var alone = await MeasureAsync(call);
            using var stop = new CancellationTokenSource();
            var loading = load(stop.Token);
            await MeasureAsync(call);
            var beside = await MeasureAsync(call);
            await stop.CancelAsync();
            await loading;
            figures.Add($"{alone:0.0} → {beside:0.0} ms");
            ratios.Add(beside / alone);
        }
        var ratio = ratios.Order().ElementAt(Rounds / 2);
        Assert.True(ratio <= limit, $"{ratio:0.0} times as long: {string.Join(", ", figures)}");
    }

    // The share of the processors that is taken while this test does nothing.
    private static async Task<double> BusyAsync()
    {
        var (busy, all) = await ReadAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var (busyLater, allLater) = await ReadAsync();
        return (double)(busyLater - busy) / Math.Max(1, allLater - all);

        static async Task<(long Busy, long All)> ReadAsync()
        {
            var times = (await File.ReadAllLinesAsync("/proc/stat", TestContext.Current.CancellationToken))[0]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(long.Parse)
                .ToList();
            return (times.Sum() - times[3] - times[4], times.Sum());
        }
    }

    private static async Task<double> MeasureAsync(Func<Task> call)
    {
        var times = new List<double>();
        for (var count = 0; count < CallsPerRound; count++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return times.Order().ElementAt((int)(CallsPerRound * 0.95));
    }

    private async Task<Searcher> NewUserAsync(Platform.ApiFactory api, int files)
    {
        var member = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        var line = string.Concat(Enumerable.Repeat("light and heavy words that are searched for in vain ", 2)) + "\n";
        var text = new StringBuilder(line.Length * 60).Insert(0, line, 60).ToString();
        for (var file = 0; file < files; file++)
        {
            repository.Write($"folder{file % 50}/file{file}.txt", $"{file}\n{text}");
        }
        var project = await member.AddProjectAsync(repository.Commit().Folder);
        return new(member.At(api.ClientOptions.BaseAddress), project);
    }

    private sealed record Searcher(ApiClient Client, Guid Project) : IDisposable
    {
        public void Dispose() => Client.Dispose();
    }

    private static async Task SearchAsync(Searcher user, string query)
    {
        var call = JsonContent.Create(
            new
            {
                toolName = "code.search",
                projectId = user.Project,
                arguments = new { query, regex = true },
            }
        );
        (await user.Client.SendAsync(HttpMethod.Post, "/tools/execute", call, ("Cache-Control", "no-cache"))).Expect(HttpStatusCode.OK);
    }
}
