using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Login;

/// <summary>Signs in to a platform and out of it.</summary>
internal sealed class LoginSession(CredentialStore store, TextWriter output)
{
    /// <summary>Makes an API key with a password, and stores it.</summary>
    public async Task<int> SignInAsync(Uri address, string email, string password, CancellationToken cancellationToken)
    {
        await using var session = await SignedIn.OpenAsync(address, email, password, cancellationToken);
        var (id, key) = await session.CreateKeyAsync($"swe on {Environment.MachineName}", null, null, cancellationToken);
        Credentials? replaced;
        try
        {
            replaced = store.Add(new(address, email, key, id));
        }
        catch (CommandException)
        {
            // Nobody would ever use it, and nobody would know of it.
            await session.Client.DeleteAsync($"/api/v1/api-keys/{id}", CancellationToken.None);
            throw;
        }
        if (replaced is { KeyId: { } oldId } && replaced.Email == email)
        {
            await ForgetAsync(session.Client, oldId, cancellationToken);
        }
        await ReportAsync(address, email);
        return 0;
    }

    /// <summary>Stores an API key that was made elsewhere, after a try.</summary>
    public async Task<int> UseKeyAsync(Uri address, string key, CancellationToken cancellationToken)
    {
        using var client = new ApiClient(address);
        client.Use(key);
        var email = (string)(await client.GetAsync("/api/v1/users/me", cancellationToken))["email"]!;
        store.Add(new(address, email, key, KeyId: null));
        await ReportAsync(address, email);
        return 0;
    }

    /// <summary>Revokes the key, if it was made by signing in here, and forgets it in any case.</summary>
    public async Task<int> SignOutAsync(Credentials credentials, CancellationToken cancellationToken)
    {
        var revoked = true;
        if (credentials.KeyId is not null)
        {
            using var client = new ApiClient(credentials.Address);
            client.Use(credentials.Key);
            try
            {
                await client.DeleteAsync("/api/v1/api-keys/current", cancellationToken);
            }
            catch (ApiErrorException exception) when (exception.Status == System.Net.HttpStatusCode.Unauthorized)
            {
                // It was revoked elsewhere.
            }
            catch (CommandException exception)
            {
                revoked = false;
                await output.WriteLineAsync(
                    $"The API key could not be revoked: {exception.Message} Revoke it under Settings in the web front end."
                );
            }
        }
        store.Remove(credentials.Address);
        await output.WriteLineAsync(
            $"Signed out of {credentials.Address}. "
                + (
                    credentials.KeyId is null ? "The API key was made elsewhere and stays valid."
                    : revoked ? "Its API key is revoked."
                    : ""
                )
        );
        return revoked ? 0 : 1;
    }

    private static async Task ForgetAsync(ApiClient client, string keyId, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync($"/api/v1/api-keys/{keyId}", cancellationToken);
        }
        catch (ApiErrorException)
        {
            // It is gone already.
        }
    }

    private Task ReportAsync(Uri address, string email) =>
        output.WriteLineAsync($"Signed in to {address} as {email}. The API key is in {store.Path}; swe logout revokes it.");
}
