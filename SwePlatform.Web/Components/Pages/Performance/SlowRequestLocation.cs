using Microsoft.AspNetCore.WebUtilities;

namespace SwePlatform.Web.Components.Pages.Performance;

/// <summary>Addresses of the page with slow requests.</summary>
internal static class SlowRequestLocation
{
    private const string Path = "/performance/slow-requests";

    public static string ForEndpoint(string endpoint, string window) =>
        Path + new QueryString().Add("endpoint", endpoint).Add("window", window);

    /// <summary>The page for an address of the API that asks for the same.</summary>
    public static string ForApi(string address) =>
        address.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? Path + address[query..] : Path;

    /// <summary>The endpoint that an address of the API asks for.</summary>
    public static string EndpointOf(string address) =>
        QueryHelpers
            .ParseQuery(address.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? address[query..] : "")
            .TryGetValue("endpoint", out var endpoint)
            ? endpoint.ToString()
            : "all endpoints";
}
