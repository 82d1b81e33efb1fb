using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Fuzzing;

/// <summary>
/// Requests made from the API's own description: whatever they hold, none may be the server's fault. A longer run:
/// <c>SWE_FUZZ_REQUESTS=100000 SWE_FUZZ_SEED=7 dotnet test SwePlatform.Tests --filter FullyQualifiedName~FuzzTests</c>.
/// </summary>
public sealed class FuzzTests(Platform platform)
{
    private const int Callers = 8;
    private const int MaxShown = 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_makes_the_server_fail()
    {
        var (count, seed) = (Setting("SWE_FUZZ_REQUESTS", 5000), Setting("SWE_FUZZ_SEED", 20261124));
        // As an administrator, who reaches all of it; so on a database of its own.
        await using var database = await OwnDatabase.CreateAsync(platform);
        await using var api = platform.StartApi(
            ("ConnectionStrings:swedb", database.Address.ConnectionString),
            ("Database:PoolSize", "2"),
            ("Database:MaxOverflow", "10"),
            ("Tools:WaitLimit", "00:00:05"),
            ("Auth:AllowRegistration", "false")
        );
        using var errors = new ErrorLog();
        api.Services.GetRequiredService<ILoggerFactory>().AddProvider(errors);
        using var client = new ApiClient(api.ClientOptions.BaseAddress);
        await client.LoginAsync(Platform.AdminEmail, Platform.AdminPassword);
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
        var execution = (Guid)
            (await client.ExecuteAsync("code.search", project, new { query = "needle" })).Expect(HttpStatusCode.OK)["executionId"]!;
        var document = (await client.GetAsync("//openapi/v1.json")).Expect(HttpStatusCode.OK);
        var fuzzer = new RequestFuzzer(
            document,
            [project.ToString(), execution.ToString(), client.UserId.ToString(), Guid.Empty.ToString(), Guid.CreateVersion7().ToString()],
            seed
        );
        Assert.True(fuzzer.Operations > 40, $"Only {fuzzer.Operations} operations.");

        var requests = new ConcurrentQueue<FuzzedRequest>(Enumerable.Range(0, count).Select(_ => fuzzer.Next()));
        var failures = new ConcurrentQueue<string>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async _ =>
                {
                    while (requests.TryDequeue(out var request) && failures.Count < MaxShown)
                    {
                        await SendAsync(client, request, failures);
                    }
                })
        );

        Assert.True(failures.IsEmpty, $"Seed {seed}:\n{string.Join('\n', failures)}\n{errors}");
        (await client.GetAsync("//health")).Expect(HttpStatusCode.OK);
        Assert.True((bool)(await client.GetAsync("/audit/verify")).Expect(HttpStatusCode.OK)["valid"]!);
    }

    private static async Task SendAsync(ApiClient client, FuzzedRequest request, ConcurrentQueue<string> failures)
    {
        using var message = request.ToMessage();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        timeout.CancelAfter(Timeout);
        try
        {
            using var answer = await client.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (
                (int)answer.StatusCode >= 500
                && answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage)
            )
            {
                failures.Enqueue($"{(int)answer.StatusCode} {request}\n  {await answer.Content.ReadAsStringAsync(Cancel)}");
            }
            else if (
                (int)answer.StatusCode >= 400
                && message.Method != HttpMethod.Head
                && answer.Content.Headers.ContentType?.MediaType != "application/problem+json"
                && !IsServersOwn(answer, request)
            )
            {
                failures.Enqueue($"{(int)answer.StatusCode} without a problem: {request}");
            }
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            failures.Enqueue($"No answer within {Timeout.TotalSeconds:0} s: {request}");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.InvalidResponse)
        {
            failures.Enqueue($"{exception.Message} {request}");
        }
    }

    // Addresses that are too long, or hold what none may hold, do not get as far as the API.
    private static bool IsServersOwn(HttpResponseMessage answer, FuzzedRequest request) =>
        answer.StatusCode is HttpStatusCode.RequestUriTooLong or HttpStatusCode.RequestHeaderFieldsTooLarge
        || (answer.StatusCode == HttpStatusCode.BadRequest && request.Url.Split('?')[0].Contains("%00", StringComparison.Ordinal));

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : usual;
}
