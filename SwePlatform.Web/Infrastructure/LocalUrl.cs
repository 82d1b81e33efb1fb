namespace SwePlatform.Web.Infrastructure;

/// <summary>Addresses that stay on this site.</summary>
internal static class LocalUrl
{
    /// <summary>
    /// <paramref name="url"/> if it is a path on this site, else the home page. A link to the sign-in page
    /// must not be able to send people elsewhere afterwards.
    /// </summary>
    public static string OrHome(string? url) => url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";
}
