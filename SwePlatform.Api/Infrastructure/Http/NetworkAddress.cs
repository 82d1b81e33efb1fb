using System.Net;
using System.Net.Sockets;

namespace SwePlatform.Api.Infrastructure.Http;

internal static class NetworkAddress
{
    /// <summary>Whether an address belongs to this machine, a private network, or is otherwise not public.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        // What is not handed out to the public internet (2000::/3) is local, or IPv4 in disguise.
        return (address.AddressFamily == AddressFamily.InterNetworkV6 && !Public.Contains(address))
            || PrivateNetworks.Any(network => network.Contains(address))
            || IPAddress.IsLoopback(address);
    }

    private static readonly IPNetwork Public = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] PrivateNetworks =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            // The one public address that a cloud (Azure) serves its machines' secrets at.
            "168.63.129.16/32",
            // IPv6: Teredo and other protocols of its own, documentation, 6to4.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];
}
