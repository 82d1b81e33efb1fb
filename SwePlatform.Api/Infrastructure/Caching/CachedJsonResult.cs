using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Answers with a <see cref="CachedJson"/> of a <typeparamref name="T"/>: compressed as the client takes it, and 304
/// without a body if the client has it already.
/// </summary>
internal sealed class CachedJsonResult<T>(CachedJson json) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/json; charset=utf-8";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = json.ETag;
        response.Headers.CacheControl = "private, no-cache";
        if (request.Headers.IfNoneMatch is { Count: > 0 } known && Matches(known))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = ContentType;
        var body = Encode(request, response);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, 0, body.Length, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified));
    }

    private bool Matches(Microsoft.Extensions.Primitives.StringValues known) =>
        EntityTagHeaderValue.TryParseList(known, out var tags)
        && tags.Any(tag => tag.Tag == "*" || tag.Compare(EntityTagHeaderValue.Parse(json.ETag), useStrongComparison: false));

    private byte[] Encode(HttpRequest request, HttpResponse response)
    {
        if (json.Utf8.Length < CachedJson.MinCompressedBytes)
        {
            return json.Utf8;
        }
        response.Headers.Vary = "Accept-Encoding";
        var encoding = ContentEncoding.Choose(request.Headers.AcceptEncoding);
        if (encoding is null)
        {
            return json.Utf8;
        }
        response.Headers.ContentEncoding = encoding;
        return encoding == ContentEncoding.Brotli ? json.Brotli : json.Gzip;
    }
}
