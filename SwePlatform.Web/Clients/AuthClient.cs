namespace SwePlatform.Web.Clients;

public sealed record UserDto(Guid Id, string Email, string? DisplayName, string Role, DateTimeOffset CreatedAt);

internal sealed record SignInResultDto(string Token, DateTimeOffset ExpiresAt, string RefreshToken, UserDto User)
{
    // A record prints its members: tokens must not reach a log that way.
    public override string ToString() => nameof(SignInResultDto);
}

/// <summary>Signs in and out at the API; the only client that calls it without a token.</summary>
internal sealed class AuthClient(HttpClient http)
{
    public Task<SignInResultDto> SignInAsync(string email, string password, string? clientAddress, CancellationToken cancellationToken) =>
        PostAsync("auth/login", new { email, password }, clientAddress, cancellationToken);

    public Task<SignInResultDto> RedeemCodeAsync(string code, string? clientAddress, CancellationToken cancellationToken) =>
        PostAsync("auth/login/code", new { code }, clientAddress, cancellationToken);

    public Task<SignInResultDto> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        PostAsync("auth/refresh", new { refreshToken }, null, cancellationToken);

    public async Task SignOutAsync(string refreshToken, CancellationToken cancellationToken)
    {
        using var request = Post("auth/logout", new { refreshToken }, null);
        using var response = await http.SendToApiAsync(request, cancellationToken);
        await response.EnsureSucceededAsync(cancellationToken);
    }

    private async Task<SignInResultDto> PostAsync(string path, object body, string? clientAddress, CancellationToken cancellationToken)
    {
        using var request = Post(path, body, clientAddress);
        using var response = await http.SendToApiAsync(request, cancellationToken);
        return await response.ReadAsync<SignInResultDto>(cancellationToken);
    }

    private static HttpRequestMessage Post(string path, object body, string? clientAddress)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (clientAddress is not null)
        {
            // The API throttles sign-ins by client: without this, every user would share Web's address.
            request.Headers.Add("X-Forwarded-For", clientAddress);
        }
        return request;
    }
}
