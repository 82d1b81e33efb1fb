using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.LoadTests;

internal static class LoadTestEndpoints
{
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    public static void AddLoadTests(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(LoadTestJson.Default);
        builder.Services.AddSingleton<LoadTestMix>();
        builder.Services.AddScoped<LoadTestComparer>();
    }

    public static void MapLoadTests(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/performance/load-tests").WithTags("Load tests");
        group.MapGet("", ListAsync).WithSummary("Load tests, newest first");
        group
            .MapPost("", CreateAsync)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("Store a load test: k6's summary, with the machine that it was made on");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One load test with its thresholds, its comparison and k6's summary");
        group.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Remove a load test");
        group
            .MapPut("/{id:guid}/baseline", SetBaselineAsync)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("Make a load test the baseline of its scenario, runner and machine");
        group
            .MapGet("/{id:guid}/comparison", CompareAsync)
            .WithSummary("A load test beside its baseline and the runs before it; names what regressed");
    }

    private static async Task<Ok<KeysetList<LoadTestSummary>>> ListAsync(
        [AsParameters] Page page,
        [AsParameters] LoadTestFilter filter,
        SweDbContext data,
        CancellationToken cancellationToken
    )
    {
        var runs = data.LoadTestRuns.AsNoTracking();
        if (filter.Scenario is { } scenario)
        {
            runs = runs.Where(run => run.Scenario == scenario);
        }
        if (filter.Fingerprint is { } fingerprint)
        {
            runs = runs.Where(run => run.Fingerprint == fingerprint);
        }
        var total = await runs.LongCountAsync(cancellationToken);
        if (filter.Cursor is not null)
        {
            var before = Guid.TryParse(filter.Cursor, out var id)
                ? id
                : throw RequestException.Invalid("cursor", "Pass back the cursor of the page before, unchanged.");
            runs = runs.Where(run => run.Id < before);
        }
        var rows = await runs.OrderByDescending(run => run.Id).Skip(page.Skip).Take(page.Limit).ToListAsync(cancellationToken);
        var next = rows.Count == page.Limit ? rows[^1].Id.ToString() : null;
        return TypedResults.Ok(new KeysetList<LoadTestSummary>(rows.ConvertAll(LoadTestSummary.From), page.Skip, page.Limit, total, next));
    }

    private static async Task<Created<LoadTestResponse>> CreateAsync(
        CreateLoadTestRequest request,
        SweDbContext data,
        LoadTestComparer comparer,
        CurrentUser user,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (request.StartedAt > now + ClockDifference || request.StartedAt < DateTimeOffset.UnixEpoch)
        {
            throw RequestException.Invalid("startedAt", "This is not a time in the past.");
        }
        var summary = K6Summary.Read(request.Summary);
        var run = new LoadTestRun
        {
            UserId = user.Id,
            Scenario = request.Scenario,
            Runner = request.Runner,
            Commit = request.Commit,
            Fingerprint = FingerprintOf(request.Machine),
            CpuModel = request.Machine.CpuModel,
            Cores = request.Machine.Cores,
            MemoryMegabytes = request.Machine.MemoryMegabytes,
            Os = request.Machine.Os,
            StartedAt = request.StartedAt.ToUniversalTime(),
            DurationSeconds = request.DurationSeconds,
            Summary = Write(request.Summary),
            Figures = summary.Figures,
            Passed = summary.Thresholds.TrueForAll(threshold => threshold.Passed),
            Regressed = false,
            CreatedAt = now,
        };
        var comparison = await comparer.CompareAsync(run, summary.Thresholds, cancellationToken);
        run.Regressed = comparison.Verdict == ComparisonVerdict.Regressed;
        data.LoadTestRuns.Add(run);
        await data.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(
            "load_test.create",
            run.Id.ToString(),
            details: new
            {
                run.Scenario,
                run.Runner,
                run.Passed,
                run.Regressed,
            },
            actor: user
        );
        return TypedResults.Created(
            $"/api/v1/performance/load-tests/{run.Id}",
            new LoadTestResponse(run, summary.Thresholds, comparison, request.Summary)
        );
    }

    private static async Task<Results<Ok<LoadTestResponse>, NotFound>> GetAsync(
        Guid id,
        SweDbContext data,
        LoadTestComparer comparer,
        CancellationToken cancellationToken
    )
    {
        if (await data.LoadTestRuns.AsNoTracking().FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken) is not { } run)
        {
            return TypedResults.NotFound();
        }
        var summary = JsonElement.Parse(run.Summary);
        var thresholds = K6Summary.Read(summary).Thresholds;
        return TypedResults.Ok(
            new LoadTestResponse(run, thresholds, await comparer.CompareAsync(run, thresholds, cancellationToken), summary)
        );
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (await data.LoadTestRuns.Where(run => run.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return TypedResults.NotFound();
        }
        await audit.RecordAsync("load_test.delete", id.ToString(), actor: user);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<LoadTestSummary>, NotFound>> SetBaselineAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        // One statement for both changes would break the unique index half-way, so the old baseline goes first.
        var changed = await data
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(async () =>
            {
                await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
                var chosen = data.LoadTestRuns.Where(run => run.Id == id);
                await data
                    .LoadTestRuns.Where(run =>
                        run.IsBaseline
                        && chosen.Any(one => one.Fingerprint == run.Fingerprint && one.Scenario == run.Scenario && one.Runner == run.Runner)
                    )
                    .ExecuteUpdateAsync(set => set.SetProperty(run => run.IsBaseline, false), cancellationToken);
                // Who makes it the baseline accepts it as a measure.
                var count = await chosen.ExecuteUpdateAsync(
                    set => set.SetProperty(run => run.IsBaseline, true).SetProperty(run => run.Regressed, false),
                    cancellationToken
                );
                await transaction.CommitAsync(cancellationToken);
                return count;
            });
        if (changed == 0)
        {
            return TypedResults.NotFound();
        }
        await audit.RecordAsync("load_test.baseline", id.ToString(), actor: user);
        return TypedResults.Ok(
            LoadTestSummary.From(await data.LoadTestRuns.AsNoTracking().FirstAsync(run => run.Id == id, cancellationToken))
        );
    }

    private static async Task<Results<Ok<LoadTestComparison>, NotFound>> CompareAsync(
        Guid id,
        SweDbContext data,
        LoadTestComparer comparer,
        CancellationToken cancellationToken
    ) =>
        await data.LoadTestRuns.AsNoTracking().FirstOrDefaultAsync(run => run.Id == id, cancellationToken) is { } run
            ? TypedResults.Ok(
                await comparer.CompareAsync(run, K6Summary.Read(JsonElement.Parse(run.Summary)).Thresholds, cancellationToken)
            )
            : TypedResults.NotFound();

    private static string Write(JsonElement summary)
    {
        try
        {
            return JsonSerializer.Serialize(summary);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw RequestException.Invalid("summary", "It has text that is not valid Unicode.");
        }
    }

    // Memory is rounded: what the system keeps for itself differs a little from start to start.
    private static string FingerprintOf(LoadTestMachine machine)
    {
        var gigabytes = Math.Round(machine.MemoryMegabytes / 1024.0);
        string[] parts = [Normal(machine.CpuModel), $"{machine.Cores}", $"{gigabytes}", Normal(machine.Os)];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

        static string Normal(string text) =>
            string.Join(' ', text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
