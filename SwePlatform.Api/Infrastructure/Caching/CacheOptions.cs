using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Bound from the section <c>Cache</c>.</summary>
public sealed class CacheOptions
{
    public const string Section = "Cache";

    /// <summary>Bytes of memory for cached values, in each replica.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long MemoryBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Milliseconds after which Redis is too slow to be worth waiting for.</summary>
    [Range(100, 60_000)]
    public int RedisTimeoutMilliseconds { get; set; } = 1000;

    /// <summary>Seconds that a user is remembered.</summary>
    [Range(1, 86_400)]
    public int UserSeconds { get; set; } = 300;

    /// <summary>Seconds that the list of tools is remembered.</summary>
    [Range(1, 86_400)]
    public int ToolSeconds { get; set; } = 60;

    /// <summary>Seconds that a page of projects is remembered; a change to a project expires it at once.</summary>
    [Range(1, 86_400)]
    public int ProjectSeconds { get; set; } = 60;
}
