using System.Net;
using System.Net.Sockets;

namespace SwePlatform.AppHost.Embedded;

/// <summary>Looks at TCP ports of the loopback addresses, on which everything here listens.</summary>
internal static class Ports
{
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Why <paramref name="port"/> cannot be listened on, or null if it can.</summary>
    public static string? WhyNotUsable(int port, string option)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return $"Port {port} is in use by another program. Stop that program, or choose another port with {option} N.";
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
            {
                return $"Port {port} needs more rights than this user has. Choose a port above 1023 with {option} N.";
            }
            catch (SocketException) when (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // A machine without IPv6 is fine.
            }
        }
        return null;
    }
}
