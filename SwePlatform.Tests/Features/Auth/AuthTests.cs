using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Auth;

public sealed class AuthTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_can_sign_in_and_sees_itself()
    {
        using var client = await platform.NewMemberAsync();

        var me = (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);

        Assert.Equal(client.Email, (string)me["email"]!);
        Assert.Equal("member", (string)me["role"]!);
        Assert.Null(me["passwordHash"]);
    }

    [Fact]
    public async Task An_email_is_known_whatever_its_case()
    {
        using var client = await platform.NewMemberAsync();

        var again = await client.PostAsync(
            "/auth/register",
            new { email = client.Email.ToUpperInvariant(), password = ApiClient.Password }
        );
        again.ExpectProblem(HttpStatusCode.Conflict);

        (await client.PostAsync("/auth/login", new { email = client.Email.ToUpperInvariant(), password = ApiClient.Password })).Expect(
            HttpStatusCode.OK
        );
    }

    [Theory]
    [InlineData("not-an-email", "long-enough-password", "email")]
    [InlineData("a@example.com", "11-chars-pw", "password")]
    public async Task Registration_names_what_is_wrong(string email, string password, string field)
    {
        using var client = platform.NewStranger();

        (await client.PostAsync("/auth/register", new { email, password })).ExpectFieldError(field);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_email_get_the_same_answer()
    {
        using var client = await platform.NewMemberAsync();

        var wrong = (await client.PostAsync("/auth/login", new { email = client.Email, password = "wrong" })).ExpectProblem(
            HttpStatusCode.Unauthorized
        );
        var unknown = (await client.PostAsync("/auth/login", new { email = "nobody@example.com", password = "wrong" })).ExpectProblem(
            HttpStatusCode.Unauthorized
        );

        Assert.Equal((string)wrong["detail"]!, (string)unknown["detail"]!);
    }

    [Fact]
    public async Task Repeated_failures_are_throttled_for_that_email_only()
    {
        using var client = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        // Its own address, so that the failures count for no other test.
        client.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        other.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await client.PostAsync("/auth/login", new { email = client.Email, password = "wrong" })).ExpectProblem(
                HttpStatusCode.Unauthorized
            );
        }

        var throttled = await client.PostAsync("/auth/login", new { email = client.Email, password = ApiClient.Password });

        throttled.ExpectProblem(HttpStatusCode.TooManyRequests);
        Assert.InRange(throttled.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
        (await other.PostAsync("/auth/login", new { email = other.Email, password = ApiClient.Password })).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_second_use_ends_the_session()
    {
        using var client = await platform.NewMemberAsync();
        var first = client.RefreshToken;
        client.Take((await client.PostAsync("/auth/refresh", new { refreshToken = first })).Expect(HttpStatusCode.OK));
        (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);

        (await client.PostAsync("/auth/refresh", new { refreshToken = first })).ExpectProblem(HttpStatusCode.Unauthorized);

        (await client.PostAsync("/auth/refresh", new { refreshToken = client.RefreshToken })).ExpectProblem(HttpStatusCode.Unauthorized);
        (await client.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Of_two_simultaneous_refreshes_one_wins()
    {
        using var client = await platform.NewMemberAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => client.PostAsync("/auth/refresh", new { refreshToken = client.RefreshToken }))
        );

        Assert.True(answers.Count(answer => answer.Status == HttpStatusCode.OK) <= 1);
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.OK),
            answer => answer.ExpectProblem(HttpStatusCode.Unauthorized)
        );
    }

    [Fact]
    public async Task Logout_ends_the_session()
    {
        using var client = await platform.NewMemberAsync();

        (await client.PostAsync("/auth/logout", new { refreshToken = client.RefreshToken })).Expect(HttpStatusCode.NoContent);

        (await client.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.Unauthorized);
        (await client.PostAsync("/auth/refresh", new { refreshToken = client.RefreshToken })).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_needs_no_more_than_the_access_token()
    {
        using var client = await platform.NewMemberAsync();

        (await client.PostAsync("/auth/logout", new { })).Expect(HttpStatusCode.NoContent);

        (await client.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_unknown_sign_in_code_is_refused()
    {
        using var client = platform.NewStranger();

        (await client.PostAsync("/auth/login/code", new { code = "no-such-code" })).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_was_tampered_with_is_refused()
    {
        using var client = await platform.NewMemberAsync();
        var token = client.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var parts = token.Split('.');

        // Same claims, no signature: what a careless server would take for "alg: none".
        foreach (var forged in new[] { $"{parts[0]}.{parts[1]}.", $"eyJhbGciOiJub25lIn0.{parts[1]}.", token[..^4] + "AAAA", "nonsense" })
        {
            client.Http.DefaultRequestHeaders.Authorization = new("Bearer", forged);
            (await client.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Nothing_but_signing_in_is_open_to_strangers()
    {
        using var stranger = platform.NewStranger();
        var paths = (await stranger.GetAsync("//openapi/v1.json")).Expect(HttpStatusCode.OK)["paths"]!.AsObject();

        var open = new List<string>();
        foreach (var (path, methods) in paths)
        {
            foreach (var (method, _) in methods!.AsObject())
            {
                var url = path.Replace("{id}", Guid.Empty.ToString(), StringComparison.Ordinal)
                    .Replace("{name}", "code.search", StringComparison.Ordinal);
                using var request = new HttpRequestMessage(new HttpMethod(method), url);
                using var response = await stranger.Http.SendAsync(request, Cancel);
                if (response.StatusCode != HttpStatusCode.Unauthorized)
                {
                    open.Add(path);
                }
            }
        }

        Assert.All(open, path => Assert.StartsWith("/api/v1/auth/", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        using var client = await platform.NewMemberAsync();
        using var elsewhere = platform.NewStranger();
        await elsewhere.LoginAsync(client.Email, ApiClient.Password);

        (
            await client.PatchAsync($"/users/{client.UserId}", new { currentPassword = "wrong", newPassword = "another-long-password" })
        ).ExpectFieldError("currentPassword");
        (
            await client.PatchAsync($"/users/{client.UserId}", new { currentPassword = ApiClient.Password, newPassword = "short" })
        ).ExpectFieldError("newPassword");
        (
            await client.PatchAsync(
                $"/users/{client.UserId}",
                new { currentPassword = ApiClient.Password, newPassword = "another-long-password" }
            )
        ).Expect(HttpStatusCode.OK);

        (await elsewhere.PostAsync("/auth/refresh", new { refreshToken = elsewhere.RefreshToken })).ExpectProblem(
            HttpStatusCode.Unauthorized
        );
        (await client.PostAsync("/auth/refresh", new { refreshToken = client.RefreshToken })).Expect(HttpStatusCode.OK);
        (await client.PostAsync("/auth/login", new { email = client.Email, password = ApiClient.Password })).ExpectProblem(
            HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task Another_users_profile_is_not_found()
    {
        using var client = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();

        (await client.GetAsync($"/users/{other.UserId}")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.PatchAsync($"/users/{other.UserId}", new { displayName = "Mallory" })).ExpectProblem(HttpStatusCode.NotFound);
        (await client.PatchAsync($"/users/{client.UserId}", new { displayName = "Grace" })).Expect(HttpStatusCode.OK);
        Assert.Equal("Grace", (string)(await client.GetAsync("/users/me")).Body!["displayName"]!);
    }
}
