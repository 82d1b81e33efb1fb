using System.Collections.Frozen;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>Which headers a document may ask for, and what may be in them.</summary>
internal static class RequestHeaders
{
    // What frames the message, says whom it is for or from, or is the credential's.
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
            "metadata",
            "metadata-flavor",
            "x-aws-ec2-metadata-token",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    public static bool IsReserved(string name) => Reserved.Contains(name) || name.StartsWith("sec-", StringComparison.OrdinalIgnoreCase);

    public static bool IsName(string name) =>
        name.Length is > 0 and <= 200
        && name.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    public static bool IsValue(string value) => value.All(character => character is '\t' or (>= ' ' and < (char)127));
}
