namespace SwePlatform.Web.Components.Pages.Executions;

/// <summary>Spans of time up to now, as addresses name them.</summary>
internal static class TimeRanges
{
    private static readonly Dictionary<string, (string Words, TimeSpan Length)> Known = new(StringComparer.Ordinal)
    {
        ["1h"] = ("last hour", TimeSpan.FromHours(1)),
        ["24h"] = ("last 24 hours", TimeSpan.FromHours(24)),
        ["7d"] = ("last 7 days", TimeSpan.FromDays(7)),
        ["30d"] = ("last 30 days", TimeSpan.FromDays(30)),
    };

    public static IReadOnlyCollection<string> All => Known.Keys;

    public static string Words(string? range) => range is not null && Known.TryGetValue(range, out var known) ? known.Words : "";

    /// <summary>When it began; null if there is no such range.</summary>
    public static DateTimeOffset? Start(string? range, DateTimeOffset now) =>
        range is not null && Known.TryGetValue(range, out var known) ? now - known.Length : null;
}
