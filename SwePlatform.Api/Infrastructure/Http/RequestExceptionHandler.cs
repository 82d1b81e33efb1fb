using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>Turns exceptions into problem details. What is not meant for the caller becomes a bare 500.</summary>
internal sealed partial class RequestExceptionHandler(IProblemDetailsService problems, ILogger<RequestExceptionHandler> logger)
    : IExceptionHandler
{
    private static readonly string[] Required = ["This member is required."];

    private const string Unreadable = "The request body could not be read as this endpoint expects.";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = exception switch
        {
            RequestException request => request,
            BadHttpRequestException { InnerException: JsonException json } => FromJson(json),
            BadHttpRequestException bad when UnboundParameter().Match(bad.Message) is { Success: true } match => RequestException.Invalid(
                match.Groups["name"].Value,
                $"'{match.Groups["value"].Value}' is not a value of the expected type."
            ),
            InvalidOperationException { Message: var message } when message.Contains("is not a known encoding", StringComparison.Ordinal) =>
                new(StatusCodes.Status415UnsupportedMediaType, "Send the body as application/json in UTF-8."),
            _ when IsUnstorableText(exception) => new(
                StatusCodes.Status400BadRequest,
                "The request has text that is not valid Unicode, or that contains the NUL character."
            ),
            _ when FullDisk.IsCause(exception) => FullDisk.Problem(),
            _ when IsDatabaseAway(exception) => RequestException.Unavailable(
                "The database does not answer at the moment. Try again.",
                TimeSpan.FromSeconds(2)
            ),
            BadHttpRequestException bad => new RequestException(bad.StatusCode, Describe(bad, context)),
            _ => null,
        };
        if (problem is null)
        {
            Log.Unhandled(logger, exception, context.Request.Method, context.Request.Path, TraceIds.Of(context));
            problem = new(
                StatusCodes.Status500InternalServerError,
                "Something went wrong on the server. Its log has the details under this traceId."
            );
        }

        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
        }
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = problem.Errors is { } errors
                    ? new HttpValidationProblemDetails(errors)
                    {
                        Status = problem.Status,
                        Title = null,
                        Detail = problem.Message,
                    }
                    : new ProblemDetails { Status = problem.Status, Detail = problem.Message },
            }
        );
    }

    // Half a surrogate pair has no encoding in UTF-8, and Postgres keeps no NUL in text.
    private static bool IsUnstorableText(Exception exception) =>
        exception
            is EncoderFallbackException
                or DecoderFallbackException
                or PostgresException
                {
                    SqlState: PostgresErrorCodes.CharacterNotInRepertoire
                        or PostgresErrorCodes.UntranslatableCharacter
                        or PostgresErrorCodes.InvalidTextRepresentation
                }
        || (exception.InnerException is { } inner && IsUnstorableText(inner));

    private static bool IsDatabaseAway(Exception exception) =>
        exception is NpgsqlException { IsTransient: true } || (exception.InnerException is { } inner && IsDatabaseAway(inner));

    private static RequestException FromJson(JsonException exception)
    {
        // The path names the field; the rest of the message names .NET types, which no caller needs.
        var field =
            string.IsNullOrEmpty(exception.Path) || exception.Path == "$"
                ? "body"
                : exception.Path.Replace("$.", "", StringComparison.Ordinal);
        if (exception.Message.Contains("missing required properties", StringComparison.Ordinal))
        {
            var prefix = field == "body" ? "" : field + ".";
            return RequestException.Invalid(
                QuotedName()
                    .Matches(exception.Message[exception.Message.LastIndexOf(':')..])
                    .ToDictionary(match => prefix + match.Groups[1].Value, _ => Required)
            );
        }
        var message =
            exception.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)
                ? "This member is not known here."
            : field == "body" ? "The body is not valid JSON for this endpoint."
            : "The value is not of the expected type.";
        return RequestException.Invalid(field, message);
    }

    private static string Describe(BadHttpRequestException exception, HttpContext context) =>
        exception.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => $"The request body is larger than {MaxBodyBytes(context) / 1024} KiB.",
            StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
            StatusCodes.Status400BadRequest when exception.Message.Contains("parameter", StringComparison.Ordinal) =>
                exception.Message.StartsWith("Implicit body", StringComparison.Ordinal) ? "A JSON body is required." : exception.Message,
            _ => Unreadable,
        };

    private static long MaxBodyBytes(HttpContext context) =>
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? HttpContract.MaxBodyBytes;

    [GeneratedRegex("^Failed to bind parameter \"\\S+ (?<name>\\w+)\" from \"(?<value>[^\"]{0,100})\"")]
    private static partial Regex UnboundParameter();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedName();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly; traceId {TraceId}")]
        public static partial void Unhandled(ILogger logger, Exception exception, string method, string path, string traceId);
    }
}
