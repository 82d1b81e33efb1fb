using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Features.Browse;

/// <summary>Files as they are, for browsers that must not be led to take one for a page of this site.</summary>
internal static class RawFiles
{
    private const string Text = "text/plain; charset=utf-8";
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'";

    // As Git decides it: a NUL among the first bytes makes a file binary.
    private const int BinaryProbeBytes = 8000;

    // By how they begin: a name says nothing about a content. SVG is text, and the policy above keeps what it holds from running.
    private static readonly (string Type, byte[] Start, byte[]? Brand)[] Images =
    [
        ("image/png", [0x89, (byte)'P', (byte)'N', (byte)'G'], null),
        ("image/jpeg", [0xFF, 0xD8, 0xFF], null),
        ("image/gif", "GIF8"u8.ToArray(), null),
        ("image/webp", "RIFF"u8.ToArray(), "WEBP"u8.ToArray()),
        ("image/bmp", "BM"u8.ToArray(), null),
        ("image/x-icon", [0, 0, 1, 0], null),
        ("image/avif", [0, 0, 0], "avif"u8.ToArray()),
    ];

    public static async Task<Results<FileContentHttpResult, StatusCodeHttpResult>> GetAsync(
        Guid id,
        string reference,
        [AsParameters] RawFileQuery query,
        HttpContext http,
        BrowseTargets targets,
        CurrentUser user,
        IOptions<WorkspaceOptions> options,
        CancellationToken cancellationToken
    )
    {
        var path = BrowseEndpoints.Normalize(query.Path);
        var (target, file) = await BrowseLimits.RunAsync(
            user,
            async token =>
            {
                var target = await targets.FindAsync(id, reference, token);
                return (target, await target.Repository.FindItemAsync(target.Tree, path, token));
            },
            cancellationToken
        );
        if (file is null || file.IsFolder || file.IsSubmodule || file.Mode == TreeFile.SymlinkMode)
        {
            throw RequestException.NotFound($"There is no file '{path}' at '{reference}'.");
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = target.IsPermanent ? "private, max-age=31536000, immutable" : "private, no-cache";
        var tag = new EntityTagHeaderValue($"\"{file.Id}\"");
        if (http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            headers.ETag = tag.ToString();
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var limit = options.Value.MaxFileBytes;
        var content =
            await BrowseLimits.RunAsync(user, token => target.Repository.ReadFileAsync(file.Id, limit, token), cancellationToken)
            ?? throw new RequestException(
                StatusCodes.Status413PayloadTooLarge,
                $"'{path}' is larger than {limit >> 20} MiB, which is the limit (Workspaces:MaxFileBytes)."
            );
        var type = Type(path, content);
        var disposition = new ContentDispositionHeaderValue(
            query.Download || type == MediaTypeNames.Application.Octet ? "attachment" : "inline"
        );
        disposition.SetHttpFileName(path[(path.LastIndexOf('/') + 1)..]);
        headers.ContentDisposition = disposition.ToString();
        return TypedResults.Bytes(content, type, enableRangeProcessing: true, entityTag: tag);
    }

    private static string Type(string path, ReadOnlySpan<byte> content)
    {
        foreach (var (type, start, brand) in Images)
        {
            if (content.StartsWith(start) && (brand is null || (content.Length > 12 && content[8..12].SequenceEqual(brand))))
            {
                return type;
            }
        }
        return content[..Math.Min(content.Length, BinaryProbeBytes)].Contains((byte)0) ? MediaTypeNames.Application.Octet
            : path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml"
            : Text;
    }
}
