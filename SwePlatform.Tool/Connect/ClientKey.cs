using SwePlatform.Tool.Client;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Login;

namespace SwePlatform.Tool.Connect;

/// <summary>The API key that a client gets: one of its own, which can run tools and read, and change nothing else.</summary>
internal sealed class ClientKey(McpClient client, ApiTarget target, Credentials? credentials)
{
    private const string SecretPrefix = "swe_";
    private static readonly string[] Scopes = ["read", "execute"];

    private string Name => $"{client.Title} on {Environment.MachineName}";

    /// <summary>Signs in as somebody who may make a key: API keys cannot make others, so that takes a password.</summary>
    public async Task<SignedIn> SignInAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        if (password is null && target.Token is { } token && !token.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            return await SignedIn.OpenAsync(target, cancellationToken);
        }
        if (password is null && email is null && credentials is null && target.Password is { } admin)
        {
            return await SignedIn.OpenAsync(target.Address, ApiTarget.AdminEmail, admin, cancellationToken);
        }
        const string missing =
            "A password is needed to make the client's API key: use --email EMAIL and --password-stdin, "
            + "or give it a key with --api-key-stdin.";
        var who = email ?? credentials?.Email ?? Prompt.Ask("Email", null, missing);
        var secret = password ?? Prompt.AskSecret($"Password of {who}", missing);
        return await SignedIn.OpenAsync(target.Address, who, secret, cancellationToken);
    }

    public async Task<(string Id, string Key)> CreateAsync(SignedIn session, CancellationToken cancellationToken) =>
        await session.CreateKeyAsync(Name, Scopes, null, cancellationToken);

    /// <summary>Revokes the key that the client had before, if it was made here.</summary>
    public async Task<bool> RevokeAsync(SignedIn session, string old, CancellationToken cancellationToken)
    {
        var keys = await session.Client.GetAsync("/api/v1/api-keys?limit=500", cancellationToken);
        var same = keys["items"]!
            .AsArray()
            .Where(key => (string)key!["name"]! == Name && old.StartsWith((string)key["start"]!, StringComparison.Ordinal))
            .ToList();
        foreach (var key in same)
        {
            await session.Client.DeleteAsync($"/api/v1/api-keys/{key!["id"]}", cancellationToken);
        }
        return same.Count > 0;
    }
}
