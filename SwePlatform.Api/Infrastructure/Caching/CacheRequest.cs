namespace SwePlatform.Api.Infrastructure.Caching;

internal static class CacheRequest
{
    /// <summary>Whether the client wants the answer made anew.</summary>
    public static bool WantsFresh(this HttpRequest request) =>
        request.Headers.CacheControl is { Count: > 0 } control
        && control.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase);
}
