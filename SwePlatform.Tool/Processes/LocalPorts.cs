using System.Net;
using System.Net.Sockets;

namespace SwePlatform.Tool.Processes;

/// <summary>Looks at TCP ports of the loopback addresses, on which everything here listens.</summary>
internal static class LocalPorts
{
    // Below those that the system gives to whoever asks for any: between this look and the use of a port nobody gets it by chance.
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int _last = Random.Shared.Next(Count);

    public static int FindFree()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            // The next one, so that nobody in this process gets the same either.
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (WhyNotUsable(port, "") is null)
            {
                return port;
            }
        }
        throw new CommandException($"All ports from {First} to {First + Count - 1} are in use.");
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
