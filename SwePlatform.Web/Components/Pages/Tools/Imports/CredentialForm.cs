using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools.Imports;

/// <summary>What was typed about a credential.</summary>
public sealed class CredentialForm
{
    public const string None = "none";
    public const string Bearer = "bearer";
    public const string Basic = "basic";
    public const string ApiKey = "api_key";

    /// <summary>The fields that messages of the API may be about.</summary>
    internal static readonly string[] Fields =
    [
        "credential.token",
        "credential.username",
        "credential.password",
        "credential.in",
        "credential.name",
    ];

    public string Type { get; set; } = None;

    public string Token { get; set; } = "";

    public string Username { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Where an API key goes; as the document says if null.</summary>
    public string? Place { get; set; }

    public string Name { get; set; } = "";

    public ImportCredentialDto? ToRequest() =>
        Type switch
        {
            Bearer => new(Type, Token, null, null, null, null),
            Basic => new(Type, null, Username, Password, null, null),
            ApiKey => new(Type, Token, null, null, Place, string.IsNullOrWhiteSpace(Name) ? null : Name.Trim()),
            _ => null,
        };
}
