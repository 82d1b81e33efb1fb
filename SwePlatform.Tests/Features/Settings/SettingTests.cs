using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api.Features.Settings;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Settings;

public sealed class SettingTests(Platform platform)
{
    [Fact]
    public async Task A_setting_is_read_by_all_and_set_by_administrators_on_every_replica()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();
        await using var other = platform.StartApi();
        using var elsewhere = member.At(other.ClientOptions.BaseAddress);
        var path = $"/config/test.{Guid.CreateVersion7()}";
        (await member.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
        (await member.SendAsync(HttpMethod.Put, path, JsonContent.Create(new { value = 1 }))).ExpectProblem(HttpStatusCode.Forbidden);

        (await admin.SendAsync(HttpMethod.Put, path, JsonContent.Create(new { value = new { limit = 5 } }))).Expect(HttpStatusCode.OK);
        Assert.Equal(5, (int)(await member.GetAsync(path)).Expect(HttpStatusCode.OK)["value"]!["limit"]!);
        Assert.Equal(5, (int)(await elsewhere.GetAsync(path)).Expect(HttpStatusCode.OK)["value"]!["limit"]!);

        (await admin.SendAsync(HttpMethod.Put, path, JsonContent.Create(new { value = "text" }))).Expect(HttpStatusCode.OK);
        Assert.Equal("text", (string)(await member.GetAsync(path)).Body!["value"]!);
        await Eventually.HoldsAsync(async () => (await elsewhere.GetAsync(path)).Body!["value"] is JsonValue);

        (await admin.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
        (await member.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_sets_one_that_another_removes_is_told_what_was_set()
    {
        using var admin = await platform.NewAdminAsync();
        var path = $"/config/test.{Guid.CreateVersion7()}";

        var sets = Enumerable
            .Range(0, 8)
            .Select(value =>
                RepeatAsync(async () =>
                {
                    var set = (await admin.SendAsync(HttpMethod.Put, path, JsonContent.Create(new { value }))).Expect(HttpStatusCode.OK);
                    Assert.Equal(value, (int)set["value"]!);
                })
            );
        var removes = Enumerable.Range(0, 8).Select(_ => RepeatAsync(() => admin.DeleteAsync(path)));

        await Task.WhenAll(sets.Concat(removes));

        static async Task RepeatAsync(Func<Task> call)
        {
            for (var turn = 0; turn < 30; turn++)
            {
                await call();
            }
        }
    }

    [Fact]
    public async Task Asking_for_settings_that_do_not_exist_drives_out_none_that_do()
    {
        using var admin = await platform.NewAdminAsync();
        var key = $"test.{Guid.CreateVersion7()}";
        (await admin.SendAsync(HttpMethod.Put, $"/config/{key}", JsonContent.Create(new { value = 1 }))).Expect(HttpStatusCode.OK);
        var settings = platform.Services.GetRequiredService<SettingCache>();
        var known = await settings.FindAsync(key, fresh: true, TestContext.Current.CancellationToken);

        for (var number = 0; number <= SettingCache.Capacity; number++)
        {
            Assert.Null(await settings.FindAsync($"{key}.{number}", fresh: false, TestContext.Current.CancellationToken));
        }

        Assert.NotNull(known);
        Assert.Same(known, await settings.FindAsync(key, fresh: false, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Administrators_list_all_settings_by_key_and_page_by_page()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();
        var prefix = $"list.{Guid.CreateVersion7()}";
        foreach (var name in new[] { "b", "a-z", "a_a", "a.b" })
        {
            (await admin.SendAsync(HttpMethod.Put, $"/config/{prefix}.{name}", JsonContent.Create(new { value = new { name } }))).Expect(
                HttpStatusCode.OK
            );
        }

        var all = (await admin.GetAsync("/config?limit=500")).Expect(HttpStatusCode.OK);

        var mine = all["items"]!.AsArray().Where(item => ((string)item!["key"]!).StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.Equal([$"{prefix}.a-z", $"{prefix}.a.b", $"{prefix}.a_a", $"{prefix}.b"], mine.Select(item => (string)item!["key"]!));
        Assert.Equal("a-z", (string)mine[0]!["value"]!["name"]!);
        Assert.True((long)all["total"]! >= 4);
        Assert.Single((await admin.GetAsync("/config?skip=1&limit=1")).Expect(HttpStatusCode.OK)["items"]!.AsArray());
        (await admin.GetAsync("/config?limit=0")).ExpectFieldError("limit");
        (await member.GetAsync("/config")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Odd_keys_and_values_are_refused()
    {
        using var admin = await platform.NewAdminAsync();

        (await admin.GetAsync("/config/Upper")).ExpectFieldError("key");
        (await admin.SendAsync(HttpMethod.Put, "/config/..", JsonContent.Create(new { value = 1 }))).Expect(HttpStatusCode.NotFound);
        (await admin.SendAsync(HttpMethod.Put, "/config/a.b", JsonContent.Create(new { value = (string?)null }))).ExpectFieldError("value");
        (
            await admin.SendAsync(HttpMethod.Put, "/config/a.b", JsonContent.Create(new { value = new string('x', 70_000) }))
        ).ExpectFieldError("value");
        (await admin.SendAsync(HttpMethod.Put, "/config/a.b", JsonContent.Create(new { value = "\0" }))).ExpectProblem(
            HttpStatusCode.BadRequest
        );
    }
}
