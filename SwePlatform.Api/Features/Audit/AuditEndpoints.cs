using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Audit;

internal static class AuditEndpoints
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(AuditJson.Default);
        builder.Services.AddSingleton<AuditStore>();
        builder.Services.AddSingleton<AuditTrail>();
        builder.Services.AddSingleton<AuditMetrics>();
        builder.Services.AddSingleton<AuditWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AuditWriter>());
        builder.Services.AddHostedService<AuditPartitions>();
        builder.Services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<AuditRetention>();
    }

    public static void MapAudit(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/audit").WithTags("Audit");
        group.MapGet("/logs", ListAsync).WithSummary("Audit entries, newest first; members see their own");
        group.MapGet("/logs/{id:guid}", GetAsync).WithSummary("One audit entry");
        group.MapGet("/summary", SummarizeAsync).WithSummary("Audit entries of the last days, counted by day, type and outcome");
        group
            .MapGet("/verify", VerifyAsync)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("Check that no audit entry was altered or removed");
    }

    private static async Task<Ok<KeysetList<AuditEntryResponse>>> ListAsync(
        [AsParameters] Page page,
        SweDbContext data,
        CurrentUser user,
        [AsParameters] AuditFilter filter,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var (userId, eventType, from, to) = filter;
        var entries = Visible(data, user);
        if (userId is { } actor)
        {
            entries = entries.Where(entry => entry.ActorId == actor);
        }
        if (eventType is not null)
        {
            entries = entries.Where(entry => entry.EventType == eventType);
        }
        if (from is { } start)
        {
            entries = entries.Where(entry => entry.Timestamp >= start.ToUniversalTime());
        }
        if (to is { } end)
        {
            entries = entries.Where(entry => entry.Timestamp < end.ToUniversalTime());
        }

        var total = await entries.LongCountAsync(cancellationToken);
        if (cursor is not null)
        {
            var before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
                ? sequence
                : throw RequestException.Invalid("cursor", "Pass back the cursor of the page before, unchanged.");
            entries = entries.Where(entry => entry.Sequence < before);
        }
        var items = await entries
            .OrderByDescending(entry => entry.Sequence)
            .Skip(page.Skip)
            .Take(page.Limit)
            .ToListAsync(cancellationToken);
        var next = items.Count == page.Limit ? items[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(
            new KeysetList<AuditEntryResponse>(
                items.ConvertAll(item => AuditEntryResponse.FromEntry(item)),
                page.Skip,
                page.Limit,
                total,
                next
            )
        );
    }

    private static async Task<Results<Ok<AuditEntryResponse>, NotFound>> GetAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await Visible(data, user).FirstOrDefaultAsync(entry => entry.Id == id, cancellationToken) is { } entry
            ? TypedResults.Ok(AuditEntryResponse.FromEntry(entry))
            : TypedResults.NotFound();

    private static async Task<Ok<AuditSummary>> SummarizeAsync(
        SweDbContext data,
        CurrentUser user,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Range(1, 366)] int days = 7
    )
    {
        var from = time.GetUtcNow().AddDays(-days);
        var counts = await Visible(data, user)
            .Where(entry => entry.Timestamp >= from)
            .GroupBy(entry => new
            {
                Day = DateOnly.FromDateTime(entry.Timestamp.UtcDateTime),
                entry.EventType,
                entry.Outcome,
            })
            .OrderByDescending(group => group.Key.Day)
            .ThenBy(group => group.Key.EventType)
            .ThenBy(group => group.Key.Outcome)
            .Select(group => new AuditCount(group.Key.Day, group.Key.EventType, group.Key.Outcome, group.LongCount()))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new AuditSummary(days, from, counts.Sum(count => count.Count), counts));
    }

    private static async Task<Ok<AuditVerification>> VerifyAsync(AuditStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.VerifyAsync(cancellationToken));

    private static IQueryable<AuditEntry> Visible(SweDbContext data, CurrentUser user) =>
        user.IsAdmin ? data.AuditEntries.AsNoTracking() : data.AuditEntries.AsNoTracking().Where(entry => entry.ActorId == user.Id);
}
