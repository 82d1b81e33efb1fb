using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

internal static class SecuritySchemes
{
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
