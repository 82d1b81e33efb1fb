using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Audit;

/// <summary>Where features report what happened. The returned task ends once the entry is durable.</summary>
internal sealed class AuditTrail(AuditWriter writer, TimeProvider time, IHttpContextAccessor http)
{
    private static readonly JsonSerializerOptions Json = CreateJson();

    /// <param name="eventType">What happened, as <c>resource.verb</c>.</param>
    /// <param name="resource">What it happened to: an id or name.</param>
    /// <param name="details">Further facts; never a secret.</param>
    public Task RecordAsync(string eventType, string? resource, AuditOutcome outcome = AuditOutcome.Success, object? details = null, CurrentUser? actor = null) =>
        writer.WriteAsync(NewEntry(eventType, resource, outcome, details, actor));

    /// <summary>An entry that its maker appends to the log.</summary>
    public AuditEntry NewEntry(string eventType, string? resource, AuditOutcome outcome = AuditOutcome.Success, object? details = null, CurrentUser? actor = null)
    {
        var context = http.HttpContext;
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
            RequestId = Activity.Current?.TraceId.ToString() ?? context?.TraceIdentifier,
            ClientAddress = context?.Connection.RemoteIpAddress?.ToString(),
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

/// <summary>An entry on its way to the log, and the caller that waits for it.</summary>
internal sealed record PendingAuditEntry(AuditEntry Entry, TaskCompletionSource Written);

/// <summary>
/// Writes audit entries in batches. Under load many callers share one transaction, and with it one flush of the
/// disk and one turn at the chain's end; alone, a caller waits for no one.
/// </summary>
internal sealed partial class AuditWriter(AuditStore store, IHostApplicationLifetime lifetime, ILogger<AuditWriter> logger) : BackgroundService
{
    private const int MaxBatch = 500;

    private readonly Channel<PendingAuditEntry> _pending = Channel.CreateBounded<PendingAuditEntry>(new BoundedChannelOptions(10_000) { SingleReader = true });

    public async Task WriteAsync(AuditEntry entry)
    {
        var pending = new PendingAuditEntry(entry, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await _pending.Writer.WriteAsync(pending);
        await pending.Written.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<PendingAuditEntry>(MaxBatch);
        // Not stopped by the token: what waits at shutdown is still written, then StopAsync ends the channel.
        while (await _pending.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }
            await WriteBatchAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteBatchAsync(List<PendingAuditEntry> batch)
    {
        try
        {
            await store.AppendAsync(batch.ConvertAll(pending => pending.Entry), CancellationToken.None);
            batch.ForEach(pending => pending.Written.SetResult());
        }
        catch (Exception exception) when (!lifetime.ApplicationStopped.IsCancellationRequested)
        {
            // Fail closed: each caller learns that its action could not be recorded.
            Log.NotWritten(logger, exception, batch.Count);
            batch.ForEach(pending => pending.Written.SetException(exception));
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _pending.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Count} audit entries could not be written")]
        public static partial void NotWritten(ILogger logger, Exception exception, int count);
    }
}
