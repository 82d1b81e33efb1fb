using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Caching;

public sealed class RedisOutageTests(Platform platform)
{
    private static readonly (string Name, string Value) Timeout = ("Cache:RedisTimeoutMilliseconds", "2000");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_changes_while_Redis_is_paused_or_killed_is_seen_on_every_replica_at_once(bool kill)
    {
        await using var redis = new RedisRelay(platform.RedisConnectionString);
        await using var here = platform.StartApi(("ConnectionStrings:redis", redis.ConnectionString), Timeout);
        await using var there = platform.StartApi(("ConnectionStrings:redis", redis.ConnectionString), Timeout);
        using var member = await platform.NewMemberAsync();
        using var writer = member.At(here.ClientOptions.BaseAddress);
        using var reader = member.At(there.ClientOptions.BaseAddress);
        await Eventually.HoldsAsync(async () => await UsesCacheAsync(reader), "the other replica caches");

        if (kill)
        {
            redis.Kill();
        }
        else
        {
            redis.Pause();
        }
        await RenameAsync(writer, "During");
        Assert.Equal("During", await NameAsync(reader));
        await RenameAsync(writer, "Later");
        Assert.Equal("Later", await NameAsync(reader));
        foreach (var path in (string[])["/projects", "/tools", "/performance/resources", "/performance/timeline", "//openapi/v1.json"])
        {
            (await reader.GetAsync(path)).Expect(HttpStatusCode.OK);
        }

        redis.Restore();
        var invalidation = there.Services.GetRequiredService<CacheInvalidation>();
        // What Redis and this replica's memory still hold is from before the outage.
        await Eventually.HoldsAsync(async () =>
        {
            Assert.Equal("Later", await NameAsync(reader));
            return invalidation.IsConnected;
        });
        Assert.Equal("Later", await NameAsync(reader));
        await Eventually.HoldsAsync(async () => await UsesCacheAsync(reader), "the other replica caches again");
        await RenameAsync(writer, "After");
        await Eventually.HoldsAsync(async () => await NameAsync(reader) == "After", "changes are heard of again");
    }

    [Fact]
    public async Task A_change_that_only_the_writer_could_not_tell_is_told_when_its_connection_is_back()
    {
        await using var redis = new RedisRelay(platform.RedisConnectionString);
        await using var here = platform.StartApi(("ConnectionStrings:redis", redis.ConnectionString), Timeout);
        using var reader = await platform.NewMemberAsync();
        using var writer = reader.At(here.ClientOptions.BaseAddress);
        var invalidation = here.Services.GetRequiredService<CacheInvalidation>();
        await Eventually.HoldsAsync(() => invalidation.IsConnected);

        redis.Kill();
        await RenameAsync(writer, "Untold");
        redis.Restore();

        await Eventually.HoldsAsync(async () => await NameAsync(reader) == "Untold");
    }

    // A change that no replica is told of is not seen exactly by who uses what is cached.
    private async Task<bool> UsesCacheAsync(ApiClient client)
    {
        await NameAsync(client);
        var before = await NameAsync(client);
        await using var database = NpgsqlDataSource.Create(platform.DatabaseConnectionString + ";Pooling=false");
        await using var command = database.CreateCommand("UPDATE auth.users SET display_name = $1 WHERE id = $2");
        command.Parameters.Add(new() { Value = $"Untold {Guid.CreateVersion7()}" });
        command.Parameters.Add(new() { Value = (await client.GetAsync("/users/me")).Body!["id"]!.GetValue<Guid>() });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return await NameAsync(client) == before;
    }

    private static async Task<string> NameAsync(ApiClient client) =>
        (string)(await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK)["displayName"]!;

    private static async Task RenameAsync(ApiClient client, string name)
    {
        var id = (Guid)(await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK)["id"]!;
        (await client.PatchAsync($"/users/{id}", new { displayName = name })).Expect(HttpStatusCode.OK);
    }
}
