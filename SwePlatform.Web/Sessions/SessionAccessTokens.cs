using Microsoft.AspNetCore.Components.Authorization;

namespace SwePlatform.Web.Sessions;

/// <summary>The API's tokens for the user of this request or circuit.</summary>
internal sealed class SessionAccessTokens(AuthenticationStateProvider authentication, SessionRefresher refresher)
{
    public async Task<string> GetAsync(CancellationToken cancellationToken) =>
        await refresher.GetAccessTokenAsync(await GetSessionIdAsync(), cancellationToken);

    /// <summary>Replaces a token that the API refused.</summary>
    public async Task<string> RenewAsync(string refused, CancellationToken cancellationToken) =>
        await refresher.RefreshAsync(await GetSessionIdAsync(), refused, cancellationToken);

    private async Task<string> GetSessionIdAsync()
    {
        var state = await authentication.GetAuthenticationStateAsync();
        return state.User.FindFirst(SessionPrincipal.SessionId)?.Value ?? throw new SessionExpiredException();
    }
}
