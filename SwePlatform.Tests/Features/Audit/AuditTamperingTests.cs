using Npgsql;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Audit;

/// <summary>On a database of its own: what it does to the log would be every other test's trouble.</summary>
public sealed class AuditTamperingTests(Platform platform) : IAsyncLifetime
{
    private OwnDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await OwnDatabase.CreateAsync(platform);
        await _database.Audit.AppendAsync([.. Enumerable.Range(0, 10).Select(Entry)], Cancel);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_untouched_log_is_valid() =>
        Assert.Equal(new AuditVerification(true, 10, null, null), await _database.Audit.VerifyAsync(Cancel));

    [Theory]
    [InlineData("UPDATE audit.audit_log SET actor = 'someone else' WHERE sequence = 4", 4L)]
    [InlineData("UPDATE audit.audit_log SET details = '{\"n\":99}' WHERE sequence = 4", 4L)]
    [InlineData("UPDATE audit.audit_log SET actor = NULL WHERE sequence = 4", 4L)]
    [InlineData("DELETE FROM audit.audit_log WHERE sequence = 4", 5L)]
    [InlineData("DELETE FROM audit.audit_log WHERE sequence = 1", 2L)]
    [InlineData("DELETE FROM audit.audit_log WHERE sequence = 10", 10L)]
    public async Task What_was_altered_behind_its_back_is_found(string sql, long brokenAt)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(sql));
        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);

        await _database.ExecuteAsync($"SET session_replication_role = replica; {sql}");

        var verdict = await _database.Audit.VerifyAsync(Cancel);
        Assert.False(verdict.Valid);
        Assert.Equal(brokenAt, verdict.BrokenAtSequence);
    }

    private static AuditEntry Entry(int number) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Timestamp = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(number),
            Actor = "ada@example.com",
            EventType = "test.event",
            Outcome = AuditOutcome.Success,
            Details = $"{{\"n\":{number}}}",
        };
}
