using System.Text.Json;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>Where a parameter goes.</summary>
internal enum ParameterPlace
{
    Path,
    Query,
    Header,
    Cookie,
    QueryString,
}

/// <param name="Argument">The argument's name, as the tool's schema has it.</param>
/// <param name="Name">The parameter's name, as the server knows it.</param>
/// <param name="Style">How a list or an object is written: <c>simple</c>, <c>form</c>, <c>deepObject</c>, …; <c>json</c> for JSON.</param>
/// <param name="AllowReserved">Leave reserved characters of a query as they are.</param>
internal sealed record HttpParameter(
    string Argument,
    string Name,
    ParameterPlace Place,
    string Style,
    bool Explode,
    bool AllowReserved = false
);

internal enum BodyKind
{
    Json,
    Form,
    Multipart,
    Xml,
    Text,
    Binary,
}

/// <param name="Argument">The argument's name.</param>
/// <param name="Fields">How fields of a form are written if not as usual, as <c>style</c> and whether exploded.</param>
/// <param name="Xml">How an object becomes XML, for a body of XML.</param>
/// <param name="Files">The fields of a multipart body that are files.</param>
internal sealed record HttpBody(
    string Argument,
    BodyKind Kind,
    string MediaType,
    IReadOnlyDictionary<string, FieldStyle>? Fields = null,
    IReadOnlyList<string>? Files = null,
    XmlShape? Xml = null
);

internal sealed record FieldStyle(string Style, bool Explode);

/// <summary>One operation of an API, with all that is needed to call it.</summary>
/// <param name="Name">The part of the tool's name after the dot.</param>
/// <param name="Path">The path below the server's address, with <c>{placeholders}</c>, and a query if it is always the same.</param>
/// <param name="Security">What it asks of its callers, in words; null for nothing.</param>
/// <param name="Server">Where it is, if the document has a place of its own for it.</param>
internal sealed record HttpOperation(
    string Name,
    string Title,
    string Description,
    string Method,
    string Path,
    string? Server,
    IReadOnlyList<HttpParameter> Parameters,
    HttpBody? Body,
    JsonElement InputSchema,
    string? Security = null
);
