using System.Text.Json;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Audit;

/// <summary>Where a request comes from.</summary>
internal sealed record AuditOrigin(string? RequestId, string? ClientAddress);

/// <summary>Where features report what happened. The returned task ends once the entry is durable.</summary>
internal sealed class AuditTrail(AuditWriter writer, TimeProvider time, IHttpContextAccessor http)
{
    private static readonly JsonSerializerOptions Json = CreateJson();

    /// <summary>Where the request that is being answered comes from, for what is recorded after it has been answered.</summary>
    public AuditOrigin Origin =>
        http.HttpContext is { } context ? new(TraceIds.Of(context), context.Connection.RemoteIpAddress?.ToString()) : new(null, null);

    /// <param name="eventType">What happened, as <c>resource.verb</c>.</param>
    /// <param name="resource">What it happened to: an id or name.</param>
    /// <param name="details">Further facts; never a secret.</param>
    /// <param name="origin">Of the request, if this is recorded after it may have ended.</param>
    public Task RecordAsync(
        string eventType,
        string? resource,
        AuditOutcome outcome = AuditOutcome.Success,
        object? details = null,
        CurrentUser? actor = null,
        AuditOrigin? origin = null
    ) => writer.WriteAsync(NewEntry(eventType, resource, outcome, details, actor, origin));

    /// <summary>An entry that its maker appends to the log.</summary>
    public AuditEntry NewEntry(
        string eventType,
        string? resource,
        AuditOutcome outcome = AuditOutcome.Success,
        object? details = null,
        CurrentUser? actor = null,
        AuditOrigin? origin = null
    )
    {
        origin ??= Origin;
        var now = time.GetUtcNow();
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            // Postgres keeps microseconds; the hash must see what will be read back.
            Timestamp = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
            ActorId = actor?.Id,
            Actor = actor?.Email,
            EventType = eventType,
            Resource = resource,
            Outcome = outcome,
            RequestId = origin.RequestId,
            ClientAddress = origin.ClientAddress,
            Details = details is null ? null : JsonSerializer.Serialize(details, Json),
        };
    }

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions();
        HttpContract.ApplyJson(options);
        return options;
    }
}

/// <summary>Writes audit entries, those of many callers in one transaction, and so at one turn at the chain's end.</summary>
internal sealed class AuditWriter : BackgroundService
{
    private readonly GroupCommit<AuditEntry> _commits;
    private readonly AuditMetrics _metrics;

    public AuditWriter(AuditStore store, AuditMetrics metrics)
    {
        _commits = new(entries => store.AppendAsync(entries, CancellationToken.None), static _ => false);
        _metrics = metrics;
    }

    public async Task WriteAsync(AuditEntry entry)
    {
        try
        {
            await _commits.WriteAsync(entry);
            _metrics.Written(1);
        }
        catch
        {
            _metrics.Failed();
            throw;
        }
    }

    // Not stopped by the token: what waits at shutdown is still written, once StopAsync has ended the intake.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }
}
