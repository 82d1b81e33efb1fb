using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.LoadTests;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.Rollups;
using SwePlatform.Api.Infrastructure.RateLimits;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Probes of what operators do: load tests, monitoring, limits, the log.</summary>
internal sealed class OperationChecks(
    IDbContextFactory<SweDbContext> contexts,
    NpgsqlDataSource database,
    RollupQuery rollups,
    LogTally log,
    Measurements measurements,
    IOptions<RateLimitOptions> limits,
    IConfiguration configuration,
    TimeProvider time
)
{
    private static readonly TimeSpan LoadTestAge = TimeSpan.FromDays(30);

    public async Task<Finding> LoadTestsAsync(string? authorization, CancellationToken cancellationToken)
    {
        const string How = "./scripts/performance/run-load-tests.sh load (21 minutes; 'load --quick' for a first look).";
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var last = await data.Set<LoadTestRun>()
            .AsNoTracking()
            .OrderByDescending(run => run.StartedAt)
            .Select(run => new
            {
                run.Scenario,
                run.StartedAt,
                run.Passed,
                run.Regressed,
                run.Runner,
            })
            .FirstOrDefaultAsync(cancellationToken);
        if (last is null)
        {
            return Finding.Fail("No load test was run against this platform.", How);
        }
        var evidence = string.Create(
            CultureInfo.InvariantCulture,
            $"last run: {last.Scenario} with {last.Runner} at {last.StartedAt:u}, thresholds "
                + $"{(last.Passed ? "met" : "crossed")}{(last.Regressed ? ", slower than the runs before it" : "")}"
        );
        return !last.Passed
                ? Finding.Fail(
                    "The last load test crossed a threshold.",
                    "GET /api/v1/performance/load-tests names it, with the slow requests of that time.",
                    evidence
                )
            : last.StartedAt < time.GetUtcNow() - LoadTestAge ? Finding.Warn("The last load test is more than a month old.", How, evidence)
            : last.Regressed
                ? Finding.Warn(
                    "The last load test was slower than those before it.",
                    "GET /api/v1/performance/load-tests/{id}/comparison names the metric.",
                    evidence
                )
            : Finding.Pass("Load tests are run, and meet their thresholds.", evidence);
    }

    public async Task<Finding> MonitoringAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (!measurements.IsEnabled)
        {
            return Finding.Fail(
                "Requests are not measured.",
                $"Set {RecordingSwitch.Setting} to true (PUT /api/v1/config/{RecordingSwitch.Setting}), or remove it and set "
                    + "Performance:RecordRequests to true."
            );
        }
        await using var command = database.CreateCommand(
            "SELECT count(DISTINCT replica), max(at), (SELECT count(*) FROM performance.latency_rollups) FROM "
                + "performance.value_rollups WHERE at > now() - interval '1 minute'"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var replicas = reader.GetInt64(0);
        var exporter = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        string[] evidence =
        [
            $"{replicas} replicas stored measurements within the last minute; {reader.GetInt64(2)} rollups of durations are kept",
            $"OpenTelemetry: {(string.IsNullOrWhiteSpace(exporter) ? "no receiver set; /metrics serves Prometheus" : exporter)}",
        ];
        return replicas > 0
            ? Finding.Pass("Requests, queries, tools, caches and resources are measured and kept.", evidence)
            : Finding.Fail(
                "Nothing was stored within the last minute.",
                "See the log for 'Measurements are kept in memory'; Postgres may be read-only or full.",
                evidence
            );
    }

    public Task<Finding> LogAsync(string? authorization, CancellationToken cancellationToken)
    {
        var window = TimeSpan.FromMinutes(15);
        var (errors, warnings, recent) = log.Since(time.GetUtcNow() - window);
        List<string> evidence = [$"last {window.TotalMinutes:0} minutes on this replica: {errors} errors, {warnings} warnings", .. recent];
        return Task.FromResult(
            errors > 0
                ? Finding.Fail(
                    $"{errors} errors were logged.",
                    "Find them in the log by their time and category; a request's problem+json has the same trace id.",
                    evidence
                )
            : warnings > 100 ? Finding.Warn($"{warnings} warnings were logged.", "See which repeat.", evidence)
            : Finding.Pass("No errors were logged.", evidence)
        );
    }

    public async Task<Finding> RateLimitsAsync(string? authorization, CancellationToken cancellationToken)
    {
        var rules = limits.Value;
        var now = time.GetUtcNow();
        var refused = (
            await rollups.ReadValuesAsync(now - TimeSpan.FromHours(1), now, null, RateLimits.RefusalCount, cancellationToken)
        ).Values.Sum(value => value.Sum);
        string[] evidence =
        [
            $"in {rules.WindowSeconds} s: {rules.PerUser} requests a user, {rules.PerKey} a key, {rules.PerAddress} an "
                + "address without credentials",
            string.Create(CultureInfo.InvariantCulture, $"refused in the last hour: {refused:0}"),
        ];
        return !rules.Enabled ? Finding.Warn("Requests are not limited.", "Set RateLimits:Enabled to true.", evidence)
            : refused > 0
                ? Finding.Warn(
                    $"{refused:0} requests were refused in the last hour.",
                    "If they were legitimate, raise RateLimits:PerUser, PerKey or PerAddress.",
                    evidence
                )
            : Finding.Pass("Limits are set, and nobody met them.", evidence);
    }
}
