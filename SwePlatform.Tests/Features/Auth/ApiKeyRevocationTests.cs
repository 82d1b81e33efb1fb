using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Auth;

public sealed class ApiKeyRevocationTests(Platform platform)
{
    [Theory]
    [InlineData("read")]
    [InlineData("execute")]
    [InlineData("write")]
    public async Task A_key_can_put_an_end_to_itself_whatever_its_scopes(string scope)
    {
        using var member = await platform.NewMemberAsync();
        using var script = platform.NewStranger();
        var key = (await member.PostAsync("/api-keys", new { name = "script", scopes = new[] { scope } })).Expect(HttpStatusCode.Created);
        script.Http.DefaultRequestHeaders.Add("X-API-Key", (string)key["key"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await script.DeleteAsync("/api-keys/current")).Status);

        Assert.Equal(HttpStatusCode.Unauthorized, (await script.GetAsync("/users/me")).Status);
        Assert.Equal(0, (int)(await member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task Other_keys_of_the_user_stay()
    {
        using var member = await platform.NewMemberAsync();
        using var script = platform.NewStranger();
        await member.PostAsync("/api-keys", new { name = "other" });
        script.Http.DefaultRequestHeaders.Add(
            "X-API-Key",
            (string)(await member.PostAsync("/api-keys", new { name = "script" })).Expect(HttpStatusCode.Created)["key"]!
        );

        await script.DeleteAsync("/api-keys/current");

        var left = (await member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["items"]!.AsArray();
        Assert.Equal(["other"], left.Select(key => (string)key!["name"]!));
    }

    [Fact]
    public async Task A_session_has_no_key_to_revoke_and_a_stranger_may_not_ask()
    {
        using var member = await platform.NewMemberAsync();
        using var stranger = platform.NewStranger();

        (await member.DeleteAsync("/api-keys/current")).ExpectFieldError("key");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.DeleteAsync("/api-keys/current")).Status);
    }
}
