using System.Net;
using System.Net.Http.Headers;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Clients;

/// <summary>
/// Calls the API as the signed-in user. The token is added here and not in a message handler, because
/// handlers live in a scope of their own that does not know whose circuit this is.
/// </summary>
internal sealed class ApiConnection(HttpClient http, SessionAccessTokens tokens)
{
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>An answer that is read while it is written.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", await tokens.GetAsync(cancellationToken));
        return await http.SendToApiAsync(request, cancellationToken, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Starts what goes on without its caller: no page that is left takes the request back.</summary>
    public async Task<T> StartAsync<T>(string path, object body)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, "respond-async", CancellationToken.None);
        return await response.ReadAsync<T>(CancellationToken.None);
    }

    public Task<T> PutAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Put, path, body, cancellationToken);

    public Task<T> PatchAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Patch, path, body, cancellationToken);

    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, path, null, null, cancellationToken);
        await response.EnsureSucceededAsync(cancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, null, cancellationToken);
        return await response.ReadAsync<T>(cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        string? prefer,
        CancellationToken cancellationToken
    )
    {
        var token = await tokens.GetAsync(cancellationToken);
        var response = await SendAsync(method, path, body, prefer, token, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;

        // The token looked fresh and is not: revoked, or signed with a key that is gone. One renewal decides.
        response.Dispose();
        token = await tokens.RenewAsync(token, cancellationToken);
        return await SendAsync(method, path, body, prefer, token, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        string? prefer,
        string token,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }
        return await http.SendToApiAsync(request, cancellationToken);
    }
}
