using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.RateLimits;

public sealed class RateLimitTests(Platform platform)
{
    // Windows begin at fixed times: of these lengths, the one whose window has the most time left, so that no test runs into the next.
    private static readonly int Window = new[] { 3600, 3500, 3400 }.MaxBy(seconds =>
        seconds - TimeProvider.System.GetUtcNow().UtcTicks / TimeSpan.TicksPerSecond % seconds
    );
    private static readonly (string, string)[] Limits =
    [
        ("RateLimits:PerUser", "10"),
        ("RateLimits:PerKey", "5"),
        ("RateLimits:WindowSeconds", $"{Window}"),
    ];

    [Fact]
    public async Task A_user_who_asks_too_often_is_told_when_to_come_back()
    {
        await using var limited = platform.StartApi(Limits);
        using var member = await platform.NewMemberAsync();
        using var client = member.At(limited.ClientOptions.BaseAddress);

        var first = await client.GetAsync("/users/me");
        first.Expect(HttpStatusCode.OK);
        Assert.Equal($"\"user\";q=10;w={Window}", first.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"user\";r=9;t=", first.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        for (var i = 0; i < 9; i++)
        {
            (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);
        }

        var refused = await client.GetAsync("/users/me");
        var problem = refused.ExpectProblem(HttpStatusCode.TooManyRequests);
        Assert.Contains("RateLimits:PerUser", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_key_has_a_limit_of_its_own()
    {
        await using var limited = platform.StartApi(Limits);
        using var member = await platform.NewMemberAsync();
        var key = (string)(await member.PostAsync("/api-keys", new { name = "agent" })).Expect(HttpStatusCode.Created)["key"]!;
        using var agent = new ApiClient(limited.ClientOptions.BaseAddress);
        agent.Http.DefaultRequestHeaders.Add("X-API-Key", key);
        for (var i = 0; i < 5; i++)
        {
            (await agent.GetAsync("/users/me")).Expect(HttpStatusCode.OK);
        }

        var problem = (await agent.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.TooManyRequests);

        Assert.Contains("API key", (string)problem["detail"]!, StringComparison.Ordinal);
        using var client = member.At(limited.ClientOptions.BaseAddress);
        (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Replicas_count_together()
    {
        await using var one = platform.StartApi(Limits);
        await using var two = platform.StartApi(Limits);
        using var member = await platform.NewMemberAsync();
        using var here = member.At(one.ClientOptions.BaseAddress);
        using var there = member.At(two.ClientOptions.BaseAddress);
        for (var i = 0; i < 10; i++)
        {
            (await here.GetAsync("/users/me")).Expect(HttpStatusCode.OK);
        }

        // The first request there lets that replica ask what the others counted.
        // With a limit of its own it would answer ten; so each further one has longer to hear from the others.
        for (var answers = 1; (await there.GetAsync("/users/me")).Status != HttpStatusCode.TooManyRequests; answers++)
        {
            Assert.True(answers < 10, "The other replica gave the user a limit of its own.");
            await Task.Delay(TimeSpan.FromMilliseconds(200 << answers), TestContext.Current.CancellationToken);
        }
    }
}
