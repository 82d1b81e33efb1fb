using System.Net;

namespace SwePlatform.Web.Clients;

/// <summary>An answer of the API that is not a success, or the lack of an answer.</summary>
public sealed class ApiException(
    string title,
    string? detail = null,
    HttpStatusCode? status = null,
    IReadOnlyDictionary<string, string[]>? errors = null,
    string? traceId = null,
    TimeSpan? retryAfter = null,
    Exception? inner = null
) : Exception(detail ?? title, inner)
{
    public string Title { get; } = title;

    public string? Detail { get; } = detail;

    /// <summary>Null when no answer came.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>Messages by field name, for a request whose fields were wrong.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors ?? new Dictionary<string, string[]>();

    /// <summary>Whether it is the API that is unavailable, and not the request that is wrong: the same may work in a moment.</summary>
    public bool IsOutage =>
        Status is null or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    public string? TraceId { get; } = traceId;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    public static ApiException Unreachable(Exception inner) =>
        new("The API did not answer", "It may be starting or stopped. Try again in a moment.", inner: inner);

    public static ApiException TimedOut(Exception inner) =>
        new("The API took too long to answer", "The request was abandoned. Try again, or narrow it down.", inner: inner);
}
