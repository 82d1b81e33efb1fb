namespace SwePlatform.Api.Infrastructure.Errors;

/// <summary>
/// A request that cannot be answered, for a reason its sender can understand and fix. Thrown where the
/// reason is found, answered as <c>application/problem+json</c> with this status and message.
/// </summary>
internal sealed class RequestException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>What is wrong, by field; only with status 400.</summary>
    public IDictionary<string, string[]>? Errors { get; private init; }

    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>What the reason is for programs, where the status alone does not tell.</summary>
    public string? Code { get; init; }

    public static RequestException Invalid(string field, string message) =>
        Invalid(new Dictionary<string, string[]> { [field] = [message] });

    public static RequestException Invalid(IDictionary<string, string[]> errors) =>
        new(StatusCodes.Status400BadRequest, "One or more fields are invalid; see errors.") { Errors = errors };

    public static RequestException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static RequestException Conflict(string detail, string? code = null) =>
        new(StatusCodes.Status409Conflict, detail) { Code = code };

    public static RequestException Unauthorized(string detail) => new(StatusCodes.Status401Unauthorized, detail);

    public static RequestException Unavailable(string detail, TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, detail) { RetryAfter = retryAfter };

    public static RequestException TooManyRequests(string detail, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, detail) { RetryAfter = retryAfter };
}
