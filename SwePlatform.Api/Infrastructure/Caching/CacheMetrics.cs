using System.Diagnostics.Metrics;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Hits and misses, by cache and by the level that answered.</summary>
internal sealed class CacheMetrics
{
    public const string Instrument = "cache_requests";

    /// <summary>Answered from this process.</summary>
    public const string Memory = "memory";

    /// <summary>Answered from Redis, which all replicas share.</summary>
    public const string Redis = "redis";

    /// <summary>A miss: the answer was made.</summary>
    public const string Source = "source";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _invalidations;

    public CacheMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(Extensions.TelemetryName);
        _requests = meter.CreateCounter<long>(Instrument, description: "Lookups, by the level that answered; 'source' is a miss.");
        _invalidations = meter.CreateCounter<long>("cache_invalidations", description: "Tags invalidated, by where the change was made.");
    }

    public void RecordLookup(string cache, string level) => _requests.Add(1, new("cache", cache), new("level", level));

    public void RecordInvalidation(bool here) =>
        _invalidations.Add(1, new KeyValuePair<string, object?>("origin", here ? "local" : "remote"));
}
