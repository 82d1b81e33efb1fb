using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>A repository that may be read, and how Git must be told to reach exactly what was checked.</summary>
/// <param name="Address">What Git is given: for a local repository, its resolved path.</param>
/// <param name="Environment">Environment variables for Git: the one allowed protocol, and the pinned address.</param>
/// <param name="Configuration">Configuration for Git, as <c>name=value</c>.</param>
internal sealed record RepositorySource(
    string Address,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Configuration
);

/// <summary>Why a repository may not be read, in words for the person who named it.</summary>
internal sealed class RepositoryRefusedException(string message) : Exception(message);

/// <summary>
/// Decides whether a repository may be read: no private networks, no local paths but those that the operator allowed.
/// It decides again at every clone and sync, and Git is held to the address that was checked, so that neither a
/// changed symbolic link nor a changed DNS answer leads elsewhere.
/// </summary>
internal sealed class RepositoryAccess(IOptions<RepositoryOptions> options, LocalRepository local)
{
    public async Task<RepositorySource> CheckAsync(string text, CancellationToken cancellationToken)
    {
        var (url, problem) = RepositoryUrl.Parse(text);
        return url switch
        {
            null => throw new RepositoryRefusedException(problem!),
            { Transport: RepositoryTransport.Local } => await local.CheckAsync(url.Text, cancellationToken),
            _ => Pin(url, await ResolveAsync(url.Host!, cancellationToken)),
        };
    }

    private async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new RepositoryRefusedException($"The host '{host}' cannot be found.");
        }
        // One private address among several is enough to refuse: which one would be used is anyone's guess.
        if (addresses.Length == 0 || (!options.Value.AllowPrivateHosts && addresses.Any(NetworkAddress.IsPrivate)))
        {
            throw new RepositoryRefusedException(
                $"The host '{host}' is in a private network. The operator can allow such hosts with Projects:AllowPrivateHosts."
            );
        }
        return addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
    }

    private static RepositorySource Pin(RepositoryUrl url, IPAddress address) =>
        url.Transport == RepositoryTransport.Https
            ? new(
                url.Text,
                new Dictionary<string, string> { ["GIT_ALLOW_PROTOCOL"] = "https" },
                IPAddress.TryParse(url.Host, out _) ? [] : [$"http.curloptResolve={url.Host}:{url.Port}:{address}"]
            )
            : new(
                url.Text,
                new Dictionary<string, string>
                {
                    ["GIT_ALLOW_PROTOCOL"] = "ssh",
                    ["GIT_SSH_COMMAND"] =
                        $"ssh -F none -o BatchMode=yes -o ConnectTimeout=20 -o StrictHostKeyChecking=accept-new -o HostName={address} "
                        + $"-o HostKeyAlias={url.Host} -o ProxyCommand=none -o PermitLocalCommand=no",
                },
                []
            );
}
