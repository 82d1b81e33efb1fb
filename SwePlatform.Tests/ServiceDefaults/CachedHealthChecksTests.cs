using Microsoft.Extensions.Diagnostics.HealthChecks;
using SwePlatform.ServiceDefaults.Health;
using Xunit;

namespace SwePlatform.Tests.ServiceDefaults;

public sealed class CachedHealthChecksTests
{
    private readonly Checks _checks = new();
    private readonly Clock _clock = new();
    private readonly CachedHealthChecks _cached;

    public CachedHealthChecksTests() => _cached = new(_checks, _clock);

    [Fact]
    public async Task A_report_is_good_for_a_second()
    {
        _checks.Answer(HealthStatus.Healthy);
        await AskAsync();
        _clock.Now += TimeSpan.FromSeconds(0.9);
        await AskAsync();
        Assert.Equal(1, _checks.Runs);

        _checks.Answer(HealthStatus.Unhealthy);
        _clock.Now += TimeSpan.FromSeconds(0.2);
        await AskAsync();

        Assert.Equal((HealthStatus.Unhealthy, 2), (await AskAsync(), _checks.Runs));
    }

    [Fact]
    public async Task The_last_report_serves_while_the_checks_run_but_not_when_they_hang()
    {
        _checks.Answer(HealthStatus.Healthy);
        await AskAsync();

        var hanging = _checks.Hang();
        _clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(HealthStatus.Healthy, await AskAsync());
        _clock.Now += TimeSpan.FromSeconds(2);
        var waiting = AskAsync();

        Assert.False(waiting.IsCompleted);
        hanging.SetResult(Checks.Report(HealthStatus.Unhealthy));
        Assert.Equal((HealthStatus.Unhealthy, 2), (await waiting, _checks.Runs));
    }

    private async Task<HealthStatus> AskAsync() => (await _cached.CheckHealthAsync(TestContext.Current.CancellationToken)).Status;

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Checks : HealthCheckService
    {
        private Task<HealthReport> _next = null!;

        public int Runs { get; private set; }

        public static HealthReport Report(HealthStatus status) => new(new Dictionary<string, HealthReportEntry>(), status, TimeSpan.Zero);

        public void Answer(HealthStatus status) => _next = Task.FromResult(Report(status));

        public TaskCompletionSource<HealthReport> Hang()
        {
            var hanging = new TaskCompletionSource<HealthReport>();
            _next = hanging.Task;
            return hanging;
        }

        public override Task<HealthReport> CheckHealthAsync(
            Func<HealthCheckRegistration, bool>? predicate,
            CancellationToken cancellationToken = default
        )
        {
            Runs++;
            return _next;
        }
    }
}
