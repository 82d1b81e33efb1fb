using System.Net;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Auth;

/// <summary>Guessing passwords and making accounts, many at a time.</summary>
public sealed class SignInLimitTests(Platform platform)
{
    private static int _addresses;

    [Fact]
    public async Task Of_many_simultaneous_guesses_no_more_than_the_limit_are_looked_at()
    {
        using var member = await platform.NewMemberAsync();
        using var thief = NewStranger(platform.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(guess => LoginAsync(thief, member.Email, $"guess number {guess}")));

        Assert.Equal(
            (5, 25),
            (
                answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized),
                answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests)
            )
        );
    }

    [Fact]
    public async Task Of_guesses_at_several_replicas_no_more_are_looked_at()
    {
        await using var other = platform.StartApi();
        using var member = await platform.NewMemberAsync();
        using var here = NewStranger(platform.Address);
        using var there = here.At(other.ClientOptions.BaseAddress);
        there.Http.DefaultRequestHeaders.Add("X-Forwarded-For", here.Http.DefaultRequestHeaders.GetValues("X-Forwarded-For"));

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(guess => LoginAsync(guess % 2 == 0 ? here : there, member.Email, $"guess number {guess}"))
        );

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Many_at_once_who_know_their_password_are_no_guessers()
    {
        using var member = await platform.NewMemberAsync();
        using var office = NewStranger(platform.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => LoginAsync(office, member.Email, ApiClient.Password)));

        Assert.All(answers, answer => answer.Expect(HttpStatusCode.OK));
    }

    [Fact]
    public async Task Failures_close_an_account_at_an_address_and_not_the_address_nor_the_account()
    {
        using var member = await platform.NewMemberAsync();
        using var colleague = await platform.NewMemberAsync();
        using var office = NewStranger(platform.Address);
        using var home = NewStranger(platform.Address);

        for (var attempt = 0; attempt < 60; attempt++)
        {
            await LoginAsync(office, attempt < 6 ? member.Email : $"nobody-{attempt}@example.com", "wrong");
        }

        (await LoginAsync(office, member.Email, ApiClient.Password)).ExpectProblem(HttpStatusCode.TooManyRequests);
        (await LoginAsync(office, colleague.Email, ApiClient.Password)).Expect(HttpStatusCode.OK);
        (await LoginAsync(home, member.Email, ApiClient.Password)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_registers_unless_the_operator_says_so()
    {
        Assert.False(new AuthOptions().AllowRegistration);
        await using var closed = platform.StartApi(("Auth:AllowRegistration", "false"));
        using var stranger = NewStranger(closed.ClientOptions.BaseAddress);

        (await RegisterAsync(stranger)).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_address_makes_few_accounts()
    {
        await using var limited = platform.StartApi(("Auth:MaxRegistrationsPerAddress", "3"));
        using var one = NewStranger(limited.ClientOptions.BaseAddress);
        using var other = NewStranger(limited.ClientOptions.BaseAddress);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RegisterAsync(one)));

        Assert.Equal(
            (3, 17),
            (
                answers.Count(answer => answer.Status == HttpStatusCode.Created),
                answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests)
            )
        );
        Assert.True(answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests).Headers.RetryAfter!.Delta > TimeSpan.Zero);
        (await RegisterAsync(other)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_address_signs_in_at_a_limited_rate()
    {
        await using var limited = platform.StartApi(("RateLimits:SignInsPerAddress", "5"), ("RateLimits:WindowSeconds", "3000"));
        using var stranger = NewStranger(limited.ClientOptions.BaseAddress);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(attempt => LoginAsync(stranger, $"nobody-{attempt}@example.com", "wrong"))
        );

        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests));
        Assert.Contains(
            "RateLimits:SignInsPerAddress",
            (string)answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests).Body!["detail"]!,
            StringComparison.Ordinal
        );
    }

    // At an address of its own, so that what it does counts for no other test.
    private static ApiClient NewStranger(Uri api)
    {
        var stranger = new ApiClient(api);
        stranger.Http.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.100.{Interlocked.Increment(ref _addresses)}");
        return stranger;
    }

    private static Task<Answer> LoginAsync(ApiClient client, string email, string password) =>
        client.PostAsync("/auth/login", new { email, password });

    private static Task<Answer> RegisterAsync(ApiClient client) =>
        client.PostAsync("/auth/register", new { email = $"{Guid.CreateVersion7():N}@example.com", password = ApiClient.Password });
}
