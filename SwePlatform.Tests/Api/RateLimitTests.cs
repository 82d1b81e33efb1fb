#if !ASPIRE
using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Infrastructure;
using Xunit;

namespace SwePlatform.Tests.Api;

public sealed class RateLimitTests(Platform platform)
{
    // Long enough that a test does not run into the next window.
    private static readonly (string, string)[] Limits = [("RateLimits:PerUser", "10"), ("RateLimits:PerKey", "5"), ("RateLimits:WindowSeconds", "3600")];

    [Fact]
    public async Task A_user_who_asks_too_often_is_told_when_to_come_back()
    {
        await using var limited = platform.StartApi(Limits);
        using var member = await platform.NewMemberAsync();
        using var client = member.At(limited.ClientOptions.BaseAddress);

        var first = await client.GetAsync("/users/me");
        first.Expect(HttpStatusCode.OK);
        Assert.Equal("\"user\";q=10;w=3600", first.Headers.GetValues("RateLimit-Policy").Single());
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
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        var answers = 0;
        while ((await there.GetAsync("/users/me")).Status != HttpStatusCode.TooManyRequests)
        {
            Assert.True(++answers < 10, "The other replica gave the user a limit of its own.");
            await Task.Delay(300, patience.Token);
        }
    }
}
#endif
