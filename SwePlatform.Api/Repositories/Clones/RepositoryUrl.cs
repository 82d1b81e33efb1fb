using System.Text.RegularExpressions;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>How a repository is reached.</summary>
internal enum RepositoryTransport
{
    Https,
    Ssh,
    Local,
}

/// <summary>
/// The address of a repository, taken apart. Reading it needs no network and no file system: whether it may be used
/// is up to <see cref="RepositoryAccess"/>.
/// </summary>
/// <param name="Text">The address as Git takes it.</param>
/// <param name="Host">Null for a local path.</param>
internal sealed partial record RepositoryUrl(string Text, RepositoryTransport Transport, string? Host, int Port)
{
    private const string Accepted =
        "Use https://host/path, ssh://[user@]host/path, user@host:path, or an absolute path that the operator has allowed.";

    /// <summary>Reads an address. None of the messages repeats it: it may hold a password.</summary>
    /// <returns>The address, or null and why not.</returns>
    public static (RepositoryUrl? Url, string? Problem) Parse(string text)
    {
        if (text.Length == 0 || text[0] == '-' || text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)))
        {
            return (null, $"This is not the address of a repository. {Accepted}");
        }
        if (RemoteHelper().IsMatch(text))
        {
            return (null, $"Remote helpers such as 'ext::' are not allowed. {Accepted}");
        }
        if (
            text[0] == '/'
            || text.StartsWith("file://", StringComparison.OrdinalIgnoreCase)
            || (OperatingSystem.IsWindows() && Path.IsPathFullyQualified(text))
        )
        {
            return ParseLocal(text);
        }
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return ParseUrl(text);
        }
        return ScpForm().Match(text) is { Success: true } scp
            ? (new(text, RepositoryTransport.Ssh, scp.Groups["host"].Value, 22), null)
            : (null, $"This is not the address of a repository. {Accepted}");
    }

    private static (RepositoryUrl?, string?) ParseLocal(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !string.IsNullOrEmpty(uri.Host))
            {
                return (null, $"A file address is file:///absolute/path. {Accepted}");
            }
            text = uri.LocalPath;
        }
        return (new(text, RepositoryTransport.Local, null, 0), null);
    }

    private static (RepositoryUrl?, string?) ParseUrl(string text)
    {
        if (
            !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            && !text.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase)
        )
        {
            return (null, $"Only https and ssh are supported. {Accepted}");
        }
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || text.Contains('\\', StringComparison.Ordinal)
            || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)
        )
        {
            return (null, $"The address has no valid host. {Accepted}");
        }
        // A name after ssh:// is whom to sign in as; anything else before the @ is a secret that would be stored and shown.
        var hasCredentials = uri.Scheme == "ssh" ? !PlainUser().IsMatch(uri.UserInfo) : uri.UserInfo.Length > 0;
        if (hasCredentials)
        {
            return (null, "The address must not contain a password or token. Use ssh with a key of the server instead.");
        }
        if (uri.Fragment.Length > 0 || uri.Query.Length > 0)
        {
            return (null, "The address must not have a query or fragment ('?' or '#').");
        }
        if (uri.Host[0] == '-' || uri.AbsolutePath is "/" or "")
        {
            return (null, $"The address names no repository. {Accepted}");
        }
        // Git gets the address as it was understood here, so that no second parser can read another host out of it.
        return uri.Scheme == "https"
            ? (new(uri.AbsoluteUri, RepositoryTransport.Https, uri.IdnHost, uri.Port), null)
            : (new(uri.AbsoluteUri, RepositoryTransport.Ssh, uri.IdnHost, uri.Port > 0 ? uri.Port : 22), null);
    }

    // Git would start the program git-remote-<name> for these.
    [GeneratedRegex(@"^[A-Za-z0-9+.\-]+::")]
    private static partial Regex RemoteHelper();

    [GeneratedRegex(@"^[A-Za-z0-9_.][A-Za-z0-9_.\-]*@(?<host>[A-Za-z0-9][A-Za-z0-9.\-]*):(?!-)[^\s:]+$")]
    private static partial Regex ScpForm();

    [GeneratedRegex(@"^([A-Za-z0-9_.][A-Za-z0-9_.\-]*)?$")]
    private static partial Regex PlainUser();
}
