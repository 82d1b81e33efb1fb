using System.Net;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// Keeps pages of other sites away from <c>/mcp</c>, as the protocol demands: also those whose name was made to lead to this
/// machine (DNS rebinding), and which are of the server's own name therefore. Programs send no <c>Origin</c>; browsers
/// send one with every message.
/// </summary>
internal sealed class OriginCheck(IOptions<McpOptions> options)
{
    /// <exception cref="RequestException">403: the request comes from where it must not.</exception>
    public void Check(HttpContext http)
    {
        var host = http.Request.Host;
        if (options.Value.AllowedHosts is { Length: > 0 } allowed && !allowed.Any(name => IsNamed(host.Host, name)))
        {
            throw Refused($"This server is not called '{host.Host}'; Mcp:AllowedHosts lists its names.");
        }
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || options.Value.AllowedOrigins.Any(page => IsSame(page, origin)))
        {
            return;
        }
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || !IsOwn(page, host))
        {
            throw Refused($"Pages of '{origin}' may not call this server; Mcp:AllowedOrigins lists those that may.");
        }
        if (options.Value.AllowedHosts.Length == 0 && IsFromHere(http) && !IsLocalName(host.Host))
        {
            throw Refused(
                $"From this machine's browser the server is called localhost, not '{host.Host}', unless Mcp:AllowedHosts says so."
            );
        }
    }

    // Whatever the scheme: behind a proxy with TLS the server itself speaks HTTP.
    private static bool IsOwn(Uri page, HostString host) =>
        string.Equals(page.Host.Trim('[', ']'), host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && (page.IsDefaultPort ? host.Port is null or 80 or 443 : page.Port == host.Port);

    private static bool IsFromHere(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    private static bool IsLocalName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsNamed(string host, string name) =>
        name.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
            : string.Equals(host, name, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(string page, string origin) => string.Equals(page.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase);

    private static RequestException Refused(string reason) => new(StatusCodes.Status403Forbidden, reason);
}
