using System.Text.Json.Nodes;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Client;

/// <summary>A client that acts as somebody. The session that it began, if it did, ends with it.</summary>
internal sealed class SignedIn : IAsyncDisposable
{
    private static readonly TimeSpan SignOutTimeout = TimeSpan.FromSeconds(5);

    private readonly string? _refreshToken;

    private SignedIn(ApiClient client, string? refreshToken) => (Client, _refreshToken) = (client, refreshToken);

    public ApiClient Client { get; }

    /// <exception cref="CommandException">Nobody answers, or neither token nor password is known or right.</exception>
    public static Task<SignedIn> OpenAsync(ApiTarget target, CancellationToken cancellationToken)
    {
        if (target.Token is { } token)
        {
            var client = new ApiClient(target.Address);
            client.Use(token);
            return Task.FromResult(new SignedIn(client, null));
        }
        return target.Password is { } password
            ? OpenAsync(target.Address, ApiTarget.AdminEmail, password, cancellationToken)
            : throw new CommandException(
                $"You are not signed in to {target.Address}. Run swe login, or set {Variables.ApiToken} (an API key or access token) or "
                    + $"{Variables.AdminPassword}, or name the platform's data folder with --data."
            );
    }

    public static async Task<SignedIn> OpenAsync(Uri address, string email, string password, CancellationToken cancellationToken)
    {
        var client = new ApiClient(address);
        try
        {
            var login = await client.PostAsync("/api/v1/auth/login", new { email, password }, cancellationToken);
            client.Use((string)login["token"]!);
            return new(client, (string?)login["refreshToken"]);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Makes an API key; only whoever signed in with a password may.</summary>
    /// <param name="scopes">All if null.</param>
    public async Task<(string Id, string Key)> CreateKeyAsync(
        string name,
        IReadOnlyList<string>? scopes,
        DateTimeOffset? expiresAt,
        CancellationToken cancellationToken
    )
    {
        var created = await Client.PostAsync(
            "/api/v1/api-keys",
            new
            {
                name,
                scopes,
                expiresAt,
            },
            cancellationToken
        );
        return ((string)created["id"]!, (string)created["key"]!);
    }

    public Task<JsonNode> GetUserAsync(CancellationToken cancellationToken) => Client.GetAsync("/api/v1/users/me", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_refreshToken is not null)
        {
            try
            {
                using var limit = new CancellationTokenSource(SignOutTimeout);
                await Client.PostAsync("/api/v1/auth/logout", new { refreshToken = _refreshToken }, limit.Token);
            }
            catch (Exception exception) when (exception is CommandException or OperationCanceledException)
            {
                // The session has an end of its own.
            }
        }
        Client.Dispose();
    }
}
