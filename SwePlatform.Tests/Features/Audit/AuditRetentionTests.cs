using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Audit;

public sealed class AuditRetentionTests(Platform platform) : IAsyncLifetime
{
    private static readonly DateTimeOffset January = new(2020, 1, 31, 23, 59, 59, TimeSpan.Zero);
    private static readonly DateTimeOffset February = January.AddSeconds(1);
    private OwnDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await OwnDatabase.CreateAsync(platform);
        await _database.ExecuteAsync(
            """
            CREATE TABLE audit.audit_log_2020_01 PARTITION OF audit.audit_log
                FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00');
            CREATE TABLE audit.audit_log_2020_02 PARTITION OF audit.audit_log
                FOR VALUES FROM ('2020-02-01 00:00+00') TO ('2020-03-01 00:00+00')
            """
        );
        // At the turn of the month the clocks of two replicas differ: the fourth entry is older than the third.
        await _database.Audit.AppendAsync(
            [Entry(January), Entry(January), Entry(February), Entry(January), Entry(February), Entry(February)],
            Cancel
        );
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_old_month_is_dropped_and_the_rest_is_still_a_valid_chain()
    {
        Assert.Equal(["audit_log_2020_01"], await Retention(months: 2).DropOldAsync(Cancel));

        // Three of February, and the entry that tells of the drop.
        Assert.Equal(new AuditVerification(true, 4, null, null), await _database.Audit.VerifyAsync(Cancel));
        await using var told = _database.Source.CreateCommand(
            "SELECT details->>'entries' FROM audit.audit_log WHERE event_type = 'audit.retention' AND resource = 'audit_log_2020_01'"
        );
        Assert.Equal("3", await told.ExecuteScalarAsync(Cancel));
        Assert.Empty(await Retention(months: 2).DropOldAsync(Cancel));
    }

    [Fact]
    public async Task What_is_removed_beyond_what_was_dropped_is_found()
    {
        await Retention(months: 2).DropOldAsync(Cancel);
        await _database.ExecuteAsync("SET session_replication_role = replica; DELETE FROM audit.audit_log WHERE sequence = 5");

        Assert.Equal(6, (await _database.Audit.VerifyAsync(Cancel)).BrokenAtSequence);
    }

    [Fact]
    public async Task Several_old_months_are_dropped_one_after_the_other()
    {
        Assert.Equal(["audit_log_2020_01", "audit_log_2020_02"], await Retention(months: 1).DropOldAsync(Cancel));

        Assert.Equal(new AuditVerification(true, 2, null, null), await _database.Audit.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task Zero_months_keep_everything() => Assert.Empty(await Retention(months: 0).DropOldAsync(Cancel));

    private AuditRetention Retention(int months)
    {
        var writer = platform.Services.GetRequiredService<AuditWriter>();
        var april = new StandingClock();
        return new(
            _database.Source,
            new AuditTrail(writer, april, new HttpContextAccessor()),
            Options.Create(new AuditOptions { RetentionMonths = months }),
            april,
            NullLogger<AuditRetention>.Instance
        );
    }

    private static AuditEntry Entry(DateTimeOffset at) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Timestamp = at,
            EventType = "test.event",
            Outcome = AuditOutcome.Success,
        };

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2020, 4, 15, 0, 0, 0, TimeSpan.Zero);
    }
}
