using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Performance.Rollups;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <param name="Window">The span of time up to now, unless <paramref name="From"/> is given.</param>
/// <param name="Endpoint">Only this endpoint, as the summary names it.</param>
public sealed record SlowRequestFilter(
    [property: Description("5m, 1h, 24h or 30d, up to now; ignored if 'from' is given.")] string? Window = null,
    [property: StringLength(300)] string? Endpoint = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    [property: Range(1, 500)] int Limit = 50
);

/// <param name="Spans">What the request waited for, in the order of its start; SQL without values.</param>
/// <param name="OtherMs">Milliseconds that no span covers: the server's own work.</param>
public sealed record SlowRequestResponse(
    Guid Id,
    DateTimeOffset At,
    string Endpoint,
    string Method,
    int Status,
    double DurationMs,
    string TraceId,
    Guid? UserId,
    double OtherMs,
    IReadOnlyList<RequestSpan> Spans
);

public sealed record SlowRequestList(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SlowRequestResponse> Items);

internal static class SlowRequestEndpoints
{
    public static void MapSlowRequests(this RouteGroupBuilder group) =>
        group
            .MapGet("/slow-requests", ListAsync)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("The slowest requests, with what they waited for");

    private static async Task<Ok<SlowRequestList>> ListAsync(
        [AsParameters] SlowRequestFilter filter,
        SweDbContext data,
        RollupWriter writer,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await writer.FlushAsync(cancellationToken);
        var to = filter.To ?? time.GetUtcNow();
        var length = Window.Parse(filter.Window).Length;
        var from = filter.From ?? (to - DateTimeOffset.MinValue > length ? to - length : DateTimeOffset.MinValue);
        var slowest = await data.Set<SlowRequest>()
            .AsNoTracking()
            .Where(request =>
                request.At >= from.ToUniversalTime()
                && request.At <= to.ToUniversalTime()
                && (filter.Endpoint == null || request.Endpoint == filter.Endpoint)
            )
            .OrderByDescending(request => request.DurationMs)
            .Take(filter.Limit)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new SlowRequestList(from, to, slowest.ConvertAll(Describe)));
    }

    private static SlowRequestResponse Describe(SlowRequest request)
    {
        var spans = JsonSerializer.Deserialize<List<RequestSpan>>(request.Spans, JsonSerializerOptions.Web)!;
        return new(
            request.Id,
            request.At,
            request.Endpoint,
            request.Method,
            request.Status,
            Math.Round(request.DurationMs, 3),
            request.TraceId,
            request.UserId,
            Math.Round(Math.Max(0, request.DurationMs - Covered(spans)), 3),
            spans
        );
    }

    // Spans may overlap: what runs at once is waited for once.
    private static double Covered(List<RequestSpan> spans)
    {
        var (covered, end) = (0.0, 0.0);
        foreach (var span in spans.OrderBy(span => span.StartMs))
        {
            var (start, stop) = (Math.Max(span.StartMs, end), span.StartMs + span.DurationMs);
            covered += Math.Max(0, stop - start);
            end = Math.Max(end, stop);
        }
        return covered;
    }
}
