using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Auth;

public sealed class ApiKeyTests(Platform platform)
{
    [Fact]
    public async Task A_key_is_shown_once_and_works_in_both_headers()
    {
        using var owner = await platform.NewMemberAsync();
        var created = (await owner.PostAsync("/api-keys", new { name = "ci" })).Expect(HttpStatusCode.Created);
        var key = (string)created["key"]!;
        Assert.StartsWith("swe_", key, StringComparison.Ordinal);

        using var byHeader = WithKey(key);
        using var byBearer = platform.NewStranger();
        byBearer.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(owner.Email, (string)(await byHeader.GetAsync("/users/me")).Expect(HttpStatusCode.OK)["email"]!);
        Assert.Equal(owner.Email, (string)(await byBearer.GetAsync("/users/me")).Expect(HttpStatusCode.OK)["email"]!);

        var list = (await owner.GetAsync("/api-keys")).Expect(HttpStatusCode.OK);
        Assert.Equal(1, (int)list["total"]!);
        Assert.DoesNotContain(key, list.ToJsonString(), StringComparison.Ordinal);
        Assert.NotNull(list["items"]![0]!["lastUsedAt"]);
    }

    [Fact]
    public async Task A_deleted_key_no_longer_works()
    {
        using var owner = await platform.NewMemberAsync();
        var created = (await owner.PostAsync("/api-keys", new { name = "ci" })).Expect(HttpStatusCode.Created);
        using var client = WithKey((string)created["key"]!);
        (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);

        (await owner.DeleteAsync($"/api-keys/{created["id"]}")).Expect(HttpStatusCode.NoContent);

        (await client.GetAsync("/users/me")).ExpectProblem(HttpStatusCode.Unauthorized);
        (await owner.DeleteAsync($"/api-keys/{created["id"]}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_is_held_to_its_scopes()
    {
        using var owner = await platform.NewMemberAsync();
        var created = (await owner.PostAsync("/api-keys", new { name = "reader", scopes = new[] { "read" } })).Expect(
            HttpStatusCode.Created
        );
        using var client = WithKey((string)created["key"]!);

        (await client.GetAsync("/projects")).Expect(HttpStatusCode.OK);
        Assert.Contains(
            "'write'",
            (string)
                (await client.PostAsync("/projects", new { name = "p", repositoryUrl = "/x" })).ExpectProblem(HttpStatusCode.Forbidden)[
                    "detail"
                ]!,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'execute'",
            (string)(await client.ExecuteAsync("code.search", Guid.Empty)).ExpectProblem(HttpStatusCode.Forbidden)["detail"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_cannot_make_keys_or_change_a_password()
    {
        using var owner = await platform.NewMemberAsync();
        var created = (await owner.PostAsync("/api-keys", new { name = "ci" })).Expect(HttpStatusCode.Created);
        using var client = WithKey((string)created["key"]!);

        (await client.PostAsync("/api-keys", new { name = "more" })).ExpectProblem(HttpStatusCode.Forbidden);
        (
            await client.PatchAsync(
                $"/users/{owner.UserId}",
                new { currentPassword = ApiClient.Password, newPassword = "another-long-password" }
            )
        ).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Another_users_keys_are_not_found()
    {
        using var owner = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        var created = (await owner.PostAsync("/api-keys", new { name = "ci" })).Expect(HttpStatusCode.Created);

        (await other.DeleteAsync($"/api-keys/{created["id"]}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(0, (int)(await other.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task Bad_expiry_and_scopes_are_refused()
    {
        using var owner = await platform.NewMemberAsync();

        (await owner.PostAsync("/api-keys", new { name = "old", expiresAt = "2020-01-01T00:00:00Z" })).ExpectFieldError("expiresAt");
        (await owner.PostAsync("/api-keys", new { name = "odd", scopes = new[] { "root" } })).ExpectFieldError("scopes");
    }

    private ApiClient WithKey(string key)
    {
        var client = platform.NewStranger();
        client.Http.DefaultRequestHeaders.Add("X-API-Key", key);
        return client;
    }
}
