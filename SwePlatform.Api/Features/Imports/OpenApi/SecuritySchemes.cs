using System.Text.Json;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

internal static class SecuritySchemes
{
    private const int MaxWays = 5;

    /// <summary>What an operation asks of its callers: ways, any of which will do; null if it asks for nothing.</summary>
    public static string? Describe(OpenApiDocument document, JsonElement operation)
    {
        var given = Member(operation, "security") is not null ? operation : document.Root;
        var ways = Items(given, "security").Take(MaxWays).ToList();
        if (ways.Count == 0 || ways.Exists(way => way.ValueKind != JsonValueKind.Object || !way.EnumerateObject().Any()))
        {
            return null;
        }
        var schemes = Members(Member(document.Root, "components") ?? default, "securitySchemes").ToList();
        return string.Join(
            " or ",
            ways.Select(way =>
                string.Join(
                    " with ",
                    way.EnumerateObject()
                        .Select(scheme =>
                            $"'{InputSchema.Shorten(scheme.Name, 60)}'"
                            + Kind(schemes.Find(known => known.Name == scheme.Name).Value, document)
                        )
                )
            )
        );
    }

    private static string Kind(JsonElement scheme, OpenApiDocument document)
    {
        if (scheme.ValueKind != JsonValueKind.Object)
        {
            return "";
        }
        var followed = document.Follow(scheme);
        return Text(followed, "type") switch
        {
            "apiKey" => $" (an API key in the {Text(followed, "in")} '{InputSchema.Shorten(Text(followed, "name") ?? "", 60)}')",
            "http" => $" ({InputSchema.Shorten(Text(followed, "scheme") ?? "http", 20).ToLowerInvariant()})",
            { } type => $" ({InputSchema.Shorten(type, 20)})",
            null => "",
        };
    }

    /// <summary>Where the document's first API key goes; null if it has none.</summary>
    public static (CredentialPlace Place, string Name)? FindApiKey(OpenApiDocument document)
    {
        foreach (var scheme in Members(Member(document.Root, "components") ?? default, "securitySchemes").Select(member => member.Value))
        {
            if (
                Text(scheme, "type") == "apiKey"
                && Text(scheme, "name") is { } name
                && Enum.TryParse<CredentialPlace>(Text(scheme, "in"), ignoreCase: true, out var place)
            )
            {
                return (place, name);
            }
        }
        return null;
    }
}
