using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Database;

/// <summary>The pool of the replica that answers.</summary>
/// <param name="Waiting">Requests that wait for a connection.</param>
public sealed record PoolUse(int Least, int Most, long Used, long Idle, long Waiting);

/// <summary>Reads what Npgsql reports about its pool, at the moment of asking.</summary>
internal static class PoolReader
{
    public static PoolUse Read(IOptions<DatabaseOptions> options)
    {
        long used = 0,
            idle = 0,
            waiting = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (
                    instrument is
                    { Meter.Name: "Npgsql", Name: "db.client.connection.count" or "db.client.connection.npgsql.pending_requests" }
                )
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, count, tags, _) => Take(instrument, count, tags));
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Take(instrument, count, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        var pool = options.Value;
        return new(pool.PoolSize, Math.Max(1, pool.PoolSize + pool.MaxOverflow), used, idle, waiting);

        void Take(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (instrument.Name != "db.client.connection.count")
            {
                waiting += count;
                return;
            }
            foreach (var (name, value) in tags)
            {
                if (name == "db.client.connection.state")
                {
                    (used, idle) = value is "used" ? (used + count, idle) : (used, idle + count);
                }
            }
        }
    }
}
