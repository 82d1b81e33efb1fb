using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Performance.Rollups;

/// <summary>A series over some span of time: its durations, and how many of them failed.</summary>
internal sealed class SeriesSummary
{
    public LatencyDistribution Durations { get; } = new();
    public long Errors { get; set; }
    public long Rejected { get; set; }

    public void Add(SeriesSummary other)
    {
        Durations.Add(other.Durations);
        Errors += other.Errors;
        Rejected += other.Rejected;
    }
}

/// <summary>A value over some span of time.</summary>
internal readonly record struct ValueSummary(double Sum, long Count, double Max, double Last)
{
    public double Average => Count == 0 ? 0 : Sum / Count;
}

/// <summary>Reads what all replicas have stored.</summary>
internal sealed class RollupQuery(NpgsqlDataSource database)
{
    /// <summary>
    /// Durations by series and step of time; one step from <paramref name="from"/> to now if <paramref name="step"/> is null.
    /// </summary>
    public async Task<Dictionary<(DateTimeOffset At, SeriesKey Key), SeriesSummary>> ReadLatenciesAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan? step,
        SeriesKind? kind,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<(DateTimeOffset, SeriesKey), SeriesSummary>();
        await using var command = database.CreateCommand(
            """
            SELECT at, kind, name, label, errors, rejected, sum_microseconds, max_microseconds, buckets, counts
            FROM performance.latency_rollups WHERE level IN (0, 1, 2) AND at >= $1 AND at <= $2 AND ($3 IS NULL OR kind = $3)
            """
        );
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(
            new() { Value = kind is null ? DBNull.Value : RollupStore.KindName(kind.Value), NpgsqlDbType = NpgsqlDbType.Text }
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = (
                Step(reader.GetFieldValue<DateTimeOffset>(0), from, step),
                new SeriesKey(Kind(reader.GetString(1)), reader.GetString(2), reader.GetString(3))
            );
            if (!found.TryGetValue(key, out var summary))
            {
                found.Add(key, summary = new());
            }
            summary.Errors += reader.GetInt64(4);
            summary.Rejected += reader.GetInt64(5);
            summary.Durations.Add(reader.GetFieldValue<int[]>(8), reader.GetFieldValue<long[]>(9), reader.GetInt64(6), reader.GetInt64(7));
        }
        return found;
    }

    /// <summary>Values by replica, name, label and step of time.</summary>
    /// <param name="name">Only this value; null for all.</param>
    public async Task<Dictionary<(DateTimeOffset At, string Replica, ValueKey Key), ValueSummary>> ReadValuesAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan? step,
        string? name,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<(DateTimeOffset, string, ValueKey), ValueSummary>();
        await using var command = database.CreateCommand(
            """
            SELECT at, replica, name, label, sum, count, max, last
            FROM performance.value_rollups WHERE level IN (0, 1, 2) AND at >= $1 AND at <= $2 AND ($3 IS NULL OR name = $3) ORDER BY at
            """
        );
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = (object?)name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = (
                Step(reader.GetFieldValue<DateTimeOffset>(0), from, step),
                reader.GetString(1),
                new ValueKey(reader.GetString(2), reader.GetString(3))
            );
            var known = found.GetValueOrDefault(key);
            found[key] = new(
                known.Sum + reader.GetDouble(4),
                known.Count + reader.GetInt64(5),
                Math.Max(known.Max, reader.GetDouble(6)),
                reader.GetDouble(7)
            );
        }
        return found;
    }

    private static DateTimeOffset Step(DateTimeOffset at, DateTimeOffset from, TimeSpan? step) =>
        step is { } length ? new(at.UtcTicks - at.UtcTicks % length.Ticks, TimeSpan.Zero) : from;

    private static SeriesKind Kind(string name) =>
        name switch
        {
            "request" => SeriesKind.Request,
            "tool" => SeriesKind.Tool,
            _ => SeriesKind.Database,
        };
}
