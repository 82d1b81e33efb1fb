using System.ComponentModel.DataAnnotations;
using System.Text;

namespace SwePlatform.Api.Features.Imports.Http;

public enum CredentialType
{
    Bearer,
    Basic,
    ApiKey,
}

public enum CredentialPlace
{
    Header,
    Query,
    Cookie,
}

/// <summary>What an API asks of its callers. It is kept encrypted, and never shown again.</summary>
/// <param name="Token">The token (bearer) or key (api_key).</param>
/// <param name="In">Where an API key goes; as the document says if absent.</param>
/// <param name="Name">The name of the header, query parameter or cookie of an API key; as the document says if absent.</param>
public sealed record Credential(
    CredentialType Type,
    [StringLength(8000, MinimumLength = 1)] string? Token = null,
    [StringLength(500)] string? Username = null,
    [StringLength(2000)] string? Password = null,
    CredentialPlace? In = null,
    [StringLength(200, MinimumLength = 1)] string? Name = null
)
{
    /// <summary>What must not be seen in anything that leaves this server for another place than the API.</summary>
    internal IEnumerable<string> Secrets =>
        new[] { Token, Password, Type == CredentialType.Basic ? BasicValue : null }
            .OfType<string>()
            .Where(secret => secret.Length >= 4)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) })
            .Distinct();

    /// <summary>What is wrong with it, by member.</summary>
    internal (string Field, string Problem)? Check() =>
        this switch
        {
            { Type: CredentialType.Basic, Username: null } => ("credential.username", "A basic credential has a username and a password."),
            { Type: CredentialType.Basic, Username: var name } when name.Contains(':', StringComparison.Ordinal) => (
                "credential.username",
                "Must not contain a colon."
            ),
            { Type: not CredentialType.Basic, Token: null } => ("credential.token", "This credential needs a token."),
            { Token: { } token } when !RequestHeaders.IsValue(token) => ("credential.token", "Must be plain ASCII text on one line."),
            { Type: CredentialType.ApiKey, In: null } or { Type: CredentialType.ApiKey, Name: null } => (
                "credential.name",
                "The document does not say where its key goes; give 'in' and 'name'."
            ),
            { Type: CredentialType.ApiKey, In: not CredentialPlace.Query, Name: { } name } when !RequestHeaders.IsName(name) => (
                "credential.name",
                "This is not the name of a header."
            ),
            { Type: CredentialType.ApiKey, In: CredentialPlace.Header, Name: { } name }
                when RequestHeaders.IsReserved(name) && !name.Equals("authorization", StringComparison.OrdinalIgnoreCase) => (
                "credential.name",
                "This header cannot be set."
            ),
            _ => null,
        };

    internal Uri Apply(Uri address, HttpRequestMessage request)
    {
        switch (Type, In)
        {
            case (CredentialType.Bearer, _):
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
                return address;
            case (CredentialType.Basic, _):
                request.Headers.TryAddWithoutValidation("Authorization", $"Basic {BasicValue}");
                return address;
            case (_, CredentialPlace.Header):
                request.Headers.Remove(Name!);
                request.Headers.TryAddWithoutValidation(Name!, Token);
                return address;
            case (_, CredentialPlace.Cookie):
                var others = request.Headers.TryGetValues("Cookie", out var cookies) ? string.Join("; ", cookies) + "; " : "";
                request.Headers.Remove("Cookie");
                request.Headers.TryAddWithoutValidation("Cookie", $"{others}{Name}={Uri.EscapeDataString(Token!)}");
                return address;
            default:
                var separator = address.Query.Length == 0 ? "?" : "&";
                return new($"{address.AbsoluteUri}{separator}{Uri.EscapeDataString(Name!)}={Uri.EscapeDataString(Token!)}");
        }
    }

    private string BasicValue => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));

    /// <summary>Nothing that prints a record may print this one.</summary>
    public override string ToString() => $"{Type} credential";
}
