#if !ASPIRE
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Tests.Infrastructure;
using Xunit;

namespace SwePlatform.Tests.Api;

/// <summary>On a database of its own: what it does to the log would be every other test's trouble.</summary>
public sealed class AuditTamperingTests(Platform platform) : IAsyncLifetime
{
    private readonly string _name = $"audit_{Guid.CreateVersion7():N}";
    private NpgsqlDataSource _database = null!;
    private ServiceProvider _services = null!;
    private AuditStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var server = NpgsqlDataSource.Create(platform.DatabaseConnectionString))
        {
            await server.CreateCommand($"CREATE DATABASE {_name}").ExecuteNonQueryAsync(Cancel);
        }
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.DatabaseConnectionString) { Database = _name });
        _services = new ServiceCollection().AddSweDbContext(_database).BuildServiceProvider();
        var migrator = new DatabaseMigrator(_services.GetRequiredService<IServiceScopeFactory>(), _database);
        // Two replicas that start together: each migration still runs once.
        await Task.WhenAll(migrator.StartingAsync(Cancel), migrator.StartingAsync(Cancel));
        _store = new AuditStore(_database, _services.GetRequiredService<IServiceScopeFactory>());
        await _store.AppendAsync([.. Enumerable.Range(0, 10).Select(Entry)], Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_untouched_log_is_valid() =>
        Assert.Equal(new AuditVerification(true, 10, null, null), await _store.VerifyAsync(Cancel));

    [Theory]
    [InlineData("UPDATE audit.audit_log SET actor = 'someone else' WHERE sequence = 4", 4L)]
    [InlineData("UPDATE audit.audit_log SET details = '{\"n\":99}' WHERE sequence = 4", 4L)]
    [InlineData("UPDATE audit.audit_log SET actor = NULL WHERE sequence = 4", 4L)]
    [InlineData("DELETE FROM audit.audit_log WHERE sequence = 4", 5L)]
    public async Task What_was_altered_behind_its_back_is_found(string sql, long brokenAt)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));
        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);

        await ExecuteAsync($"SET session_replication_role = replica; {sql}");

        var verdict = await _store.VerifyAsync(Cancel);
        Assert.False(verdict.Valid);
        Assert.Equal(brokenAt, verdict.BrokenAtSequence);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static AuditEntry Entry(int number) => new()
    {
        Id = Guid.CreateVersion7(),
        Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(number),
        Actor = "ada@example.com",
        EventType = "test.event",
        Outcome = AuditOutcome.Success,
        Details = $"{{\"n\":{number}}}",
    };
}
#endif
