using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace SwePlatform.Api.Features.Executions;

/// <summary>How a caller wants to be answered (RFC 7240 <c>Prefer</c>, RFC 9111 <c>Cache-Control</c>).</summary>
/// <param name="Async">Answer at once; the result can be fetched later.</param>
/// <param name="Wait">How long to wait for the result.</param>
/// <param name="NoCache">Run the tool even if its result is known.</param>
internal sealed record CallPreferences(bool Async, TimeSpan Wait, bool NoCache)
{
    public static CallPreferences From(HttpRequest request, TimeSpan limit)
    {
        var preferences = Split(request.Headers["Prefer"]);
        var wait = limit;
        foreach (var preference in preferences)
        {
            if (
                preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan("wait=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            )
            {
                wait = TimeSpan.FromSeconds(Math.Min(seconds, limit.TotalSeconds));
            }
        }
        return new(
            preferences.Contains("respond-async", StringComparer.OrdinalIgnoreCase),
            wait,
            Split(request.Headers.CacheControl).Contains("no-cache", StringComparer.OrdinalIgnoreCase)
        );
    }

    private static List<string> Split(StringValues header) =>
        [
            .. header.SelectMany(line =>
                (line ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
        ];
}
