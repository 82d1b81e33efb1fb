using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace SwePlatform.Web.Clients;

/// <summary>Sends requests so that whatever goes wrong arrives as an <see cref="ApiException"/>.</summary>
internal static class ApiResponses
{
    private sealed record Problem(string? Title, string? Detail, string? TraceId, Dictionary<string, string[]>? Errors);

    public static async Task<HttpResponseMessage> SendToApiAsync(
        this HttpClient http,
        HttpRequestMessage request,
        CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead
    )
    {
        try
        {
            return await http.SendAsync(request, completion, cancellationToken);
        }
        catch (TimeoutRejectedException exception)
        {
            throw ApiException.TimedOut(exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or BrokenCircuitException)
        {
            throw ApiException.Unreachable(exception);
        }
    }

    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.EnsureSucceededAsync(cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(cancellationToken) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw new ApiException(
                "The API answered in an unknown form",
                "Web and API may be of different versions: deploy them together.",
                response.StatusCode,
                inner: exception
            );
        }
    }

    public static async Task EnsureSucceededAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;

        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            // A proxy in between answered with something else: the status has to do.
        }

        throw new ApiException(
            problem?.Title ?? $"The API answered with {(int)response.StatusCode}",
            problem?.Detail,
            response.StatusCode,
            problem?.Errors,
            problem?.TraceId,
            response.Headers.RetryAfter?.Delta
        );
    }
}
