using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Http;

/// <summary>What every endpoint has in common: JSON, errors, limits, headers.</summary>
internal static class HttpContract
{
    /// <summary>The largest request body that is read; a larger one is answered with 413.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    public static void AddHttpContract(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.ConfigureHttpJsonOptions(options => ApplyJson(options.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddValidation();
        builder.Services.AddExceptionHandler<RequestExceptionHandler>();
        // Before the framework's own, which is silent to who accepts no JSON.
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        builder.Services.AddApiDescription();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IHttpContextAccessor, RequestContextAccessor>();
    }

    /// <summary>Comes first: the server ends what is begun in its own flow, before anything asynchronous.</summary>
    public static void UseRequestContext(this WebApplication app) =>
        app.Use(
            static (context, next) =>
            {
                RequestContextAccessor.Begin(context);
                return next(context);
            }
        );

    public static void UseHttpContract(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(
            static (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers.XFrameOptions = "DENY";
                return next(context);
            }
        );
    }

    /// <summary>camelCase names, snake_case enums, strict: unknown members and nulls where none belong are errors.</summary>
    public static void ApplyJson(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Status ??= context.HttpContext.Response.StatusCode;
        problem.Title = ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Type ??= $"https://httpwg.org/specs/rfc9110.html#status.{problem.Status}";
        problem.Detail ??= Explain(context.HttpContext, problem.Status.Value);
        problem.Extensions["traceId"] = TraceIds.Of(context.HttpContext);
        if (problem is HttpValidationProblemDetails { Errors: { } errors })
        {
            foreach (var (field, messages) in errors.ToArray())
            {
                errors.Remove(field);
                errors[CamelCase(field)] = [.. messages.Select(message => Neutral(message, field))];
            }
        }
    }

    // "The RepositoryUrl field is required." names a member of a C# type; the key beside it names the field already.
    private static string Neutral(string message, string field)
    {
        var name = field[(field.LastIndexOf('.') + 1)..];
        return message
            .Replace($"The {name} field", "This field", StringComparison.OrdinalIgnoreCase)
            .Replace($"The field {name}", "This field", StringComparison.OrdinalIgnoreCase);
    }

    // Arguments have the names that their tool gave them, which are not ours to change.
    private static string CamelCase(string path) =>
        path.StartsWith("arguments.", StringComparison.Ordinal)
            ? path
            : string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string Explain(HttpContext context, int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => "The request is invalid; see errors.",
            StatusCodes.Status401Unauthorized => "Send a valid access token or API key: 'Authorization: Bearer …' or 'X-API-Key: …'.",
            StatusCodes.Status403Forbidden => "You are signed in, but this is not permitted to you.",
            StatusCodes.Status404NotFound => $"Nothing is here: {context.Request.Method} {context.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed =>
                $"{context.Request.Method} is not supported here. Allowed: {context.Response.Headers.Allow}.",
            StatusCodes.Status413PayloadTooLarge => $"The request body is larger than {MaxBodyBytes / 1024} KiB.",
            StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
            >= 500 => "Something went wrong on the server. Its log has the details under this traceId.",
            _ => ReasonPhrases.GetReasonPhrase(status),
        };
}
