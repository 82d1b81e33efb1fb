using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>Why an address may not be reached, in words for the person who named it.</summary>
internal sealed class OutboundRefusedException(string message) : Exception(message)
{
    /// <summary>Whether there is no such host, at least not now.</summary>
    public bool IsUnknownHost { get; init; }
}

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections for requests that users cause: a name is resolved once, all its addresses are checked, and the
/// connection goes to one that was. A second answer of the name server is never asked for.
/// </summary>
internal sealed class OutboundGuard(IOptions<OutboundOptions> options, HostResolver resolver)
{
    private readonly IPNetwork[] _networks = [.. options.Value.AllowedHosts.Select(Network).OfType<IPNetwork>()];
    private readonly HashSet<string> _hosts = new(
        options.Value.AllowedHosts.Where(entry => Network(entry) is null),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Checks the form of an address. Where it leads is checked when it is connected to.</summary>
    public static Uri CheckForm(string text)
    {
        if (
            text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || character == '\\')
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)
        )
        {
            throw new OutboundRefusedException("This is not an address. Use https://host/path.");
        }
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            throw new OutboundRefusedException("Only http and https are supported.");
        }
        if (!uri.Host.All(char.IsAscii))
        {
            // There are readers for whom a digit in a circle is a digit.
            throw new OutboundRefusedException("The host has characters that are not ASCII. Write it in its 'xn--' form.");
        }
        return uri.UserInfo.Length == 0
            ? uri
            : throw new OutboundRefusedException("The address must not contain a user name or password; give a credential instead.");
    }

    /// <summary>The addresses of a host, all of which may be reached.</summary>
    /// <exception cref="OutboundRefusedException">It is not found, or not to be reached.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        // A full name may end with a dot, which would hide an address.
        var name = host.Trim('[', ']').TrimEnd('.');
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(name, out var literal) ? [literal] : await resolver(name, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new OutboundRefusedException($"The host '{name}' cannot be found.") { IsUnknownHost = true };
        }
        // One private address among several is enough to refuse: which one would be used is anyone's guess.
        var isNamed = _hosts.Contains(name) || _hosts.Contains(string.Create(CultureInfo.InvariantCulture, $"{name}:{port}"));
        if (addresses.Length == 0 || (!isNamed && addresses.Any(address => NetworkAddress.IsPrivate(address) && !IsAllowed(address))))
        {
            throw new OutboundRefusedException(
                $"The host '{name}' is not on the public internet. The operator can allow it with Tools:Http:AllowedHosts."
            );
        }
        return addresses;
    }

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Any(network => network.Contains(plain));
    }

    private static IPNetwork? Network(string entry) =>
        entry.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(entry, out var network) ? network : null;
}
