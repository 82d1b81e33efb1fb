using System.Text.Json;
using System.Text.RegularExpressions;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>The address of a server, with its variables' defaults, and relative to where the document came from.</summary>
internal static partial class ServerAddress
{
    /// <summary>The address of the document's first server; null if it has none that can be understood.</summary>
    public static Uri? ReadFirst(OpenApiDocument document, Uri? specUrl) =>
        Items(document.Root, "servers").Select(server => (JsonElement?)server).FirstOrDefault() is { } first ? Read(first, specUrl)
        // "If servers is not provided, the default is '/'."
        : specUrl is null ? null
        : new Uri(specUrl, "/");

    public static Uri? Read(JsonElement server, Uri? specUrl)
    {
        var url = Variable()
            .Replace(
                Text(server, "url") ?? "",
                match =>
                    Member(server, "variables") is { } variables
                    && Member(variables, match.Groups[1].Value) is { } variable
                    && Member(variable, "default") is { } value
                        ? ParameterStyles.Text(value)
                        : match.Value
            );
        if (url.Contains('{', StringComparison.Ordinal) || (!url.Contains("://", StringComparison.Ordinal) && specUrl is null))
        {
            return null;
        }
        try
        {
            var absolute =
                url.Contains("://", StringComparison.Ordinal) ? url
                : Uri.TryCreate(specUrl, url, out var joined) ? joined.AbsoluteUri
                : url;
            return Plain(OutboundGuard.CheckForm(absolute));
        }
        catch (OutboundRefusedException)
        {
            return null;
        }
    }

    /// <summary>Without what would come between the address and an operation's path.</summary>
    public static Uri Plain(Uri address) => new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Variable();
}
