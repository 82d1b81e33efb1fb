using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Auth;

public sealed class SignInCodeTests(Platform platform)
{
    [Fact]
    public async Task An_administrator_makes_a_code_that_signs_in_once()
    {
        using var admin = await platform.NewAdminAsync();
        using var browser = platform.NewStranger();

        var code = (string)(await admin.PostAsync("/auth/sign-in-codes")).Expect(HttpStatusCode.OK)["code"]!;
        browser.Take((await browser.PostAsync("/auth/login/code", new { code })).Expect(HttpStatusCode.OK));

        Assert.Equal(admin.UserId, browser.UserId);
        (await browser.PostAsync("/auth/login/code", new { code })).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Neither_members_nor_strangers_nor_API_keys_make_codes()
    {
        using var member = await platform.NewMemberAsync();
        using var stranger = platform.NewStranger();
        using var admin = await platform.NewAdminAsync();
        using var agent = platform.NewStranger();
        agent.Http.DefaultRequestHeaders.Add(
            "X-API-Key",
            (string)(await admin.PostAsync("/api-keys", new { name = "agent" })).Expect(HttpStatusCode.Created)["key"]!
        );

        (await member.PostAsync("/auth/sign-in-codes")).ExpectProblem(HttpStatusCode.Forbidden);
        (await stranger.PostAsync("/auth/sign-in-codes")).ExpectProblem(HttpStatusCode.Unauthorized);
        (await agent.PostAsync("/auth/sign-in-codes")).ExpectProblem(HttpStatusCode.Forbidden);
    }
}
