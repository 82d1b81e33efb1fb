using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Infrastructure.RateLimits;

/// <summary>
/// How many requests a caller may make in each window, over all replicas. Bound from the section <c>RateLimits</c>. The
/// defaults are a fuse against a program that has gone wild, not a quota: a load test with one key stays below them.
/// </summary>
public sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    public bool Enabled { get; set; } = true;

    [Range(1, 3600)]
    public int WindowSeconds { get; set; } = 10;

    /// <summary>Requests of one user, with all sessions and keys, in a window.</summary>
    [Range(1, int.MaxValue)]
    public int PerUser { get; set; } = 1_000_000;

    /// <summary>Requests with one API key in a window.</summary>
    [Range(1, int.MaxValue)]
    public int PerKey { get; set; } = 1_000_000;

    /// <summary>Requests of one address without credentials in a window, sign-in and registration among them.</summary>
    [Range(1, int.MaxValue)]
    public int PerAddress { get; set; } = 5_000;

    /// <summary>Sign-ins and registrations of one address in a window: each costs a slow hash.</summary>
    [Range(1, int.MaxValue)]
    public int SignInsPerAddress { get; set; } = 200;
}
