using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>An operation that became no tool.</summary>
/// <param name="Operation">As <c>GET /path</c>.</param>
/// <param name="Reason">Why not.</param>
public sealed record SkippedOperation(string Operation, string Reason);

internal sealed record ReadOperations(IReadOnlyList<HttpOperation> Operations, IReadOnlyList<SkippedOperation> Skipped);

/// <summary>Finds the operations of a document. One that cannot be called is left out, with the reason; the rest stays.</summary>
/// <param name="prefix">The name before the dot.</param>
/// <param name="specUrl">Where the document came from; relative servers start there.</param>
/// <param name="onlyOrigin">The server that the tools call; null if every operation goes to the address that the user gave.</param>
internal sealed partial class DocumentReader(OpenApiDocument document, string prefix, Uri? specUrl, Uri? onlyOrigin, int maxOperations)
{
    /// <summary>The longest name that agents take.</summary>
    private const int MaxToolName = 64;

    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    private readonly SchemaLibrary _library = new(document);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HttpOperation> _operations = [];
    private readonly List<SkippedOperation> _skipped = [];

    /// <exception cref="DocumentException">There are too many.</exception>
    public ReadOperations Read(CancellationToken cancellationToken)
    {
        foreach (var path in Members(document.Root, "paths").Where(path => path.Name.StartsWith('/')))
        {
            cancellationToken.ThrowIfCancellationRequested();
            JsonElement item;
            try
            {
                item = document.Follow(path.Value);
            }
            catch (DocumentException exception)
            {
                _skipped.Add(new(InputSchema.Shorten(path.Name, 200), exception.Message));
                continue;
            }
            foreach (var (method, operation) in OperationsOf(item))
            {
                Take(path.Name, item, method, operation);
            }
        }
        return new(_operations, _skipped);
    }

    // Methods beyond the fixed ones are a map of their own since 3.2.
    private static IEnumerable<(string Method, JsonElement Operation)> OperationsOf(JsonElement item) =>
        Methods
            .Select(method => (method.ToUpperInvariant(), Member(item, method)))
            .Where(pair => pair.Item2 is { ValueKind: JsonValueKind.Object })
            .Select(pair => (pair.Item1, pair.Item2!.Value))
            .Concat(
                Members(item, "additionalOperations")
                    .Where(member => member.Value.ValueKind == JsonValueKind.Object)
                    .Select(member => (member.Name, member.Value))
            );

    private void Take(string path, JsonElement item, string method, JsonElement operation)
    {
        if (_operations.Count + _skipped.Count >= maxOperations)
        {
            throw new DocumentException($"The document has more than {maxOperations} operations (Tools:Http:MaxOperations).");
        }
        try
        {
            _operations.Add(Read(path, item, method, operation));
        }
        catch (DocumentException exception)
        {
            _skipped.Add(new($"{InputSchema.Shorten(method, 20)} {InputSchema.Shorten(path, 200)}", exception.Message));
        }
    }

    private HttpOperation Read(string key, JsonElement item, string method, JsonElement given)
    {
        var operation = document.Follow(given);
        // Documents tell operations on one path apart by '#…', which no server sees, and by a fixed query.
        var path = key.Split('#')[0];
        if (!Token().IsMatch(method) || method is "TRACE" or "CONNECT")
        {
            throw new DocumentException("the method is not supported");
        }
        if (
            !PlainPath().IsMatch(path)
            || path.StartsWith("//", StringComparison.Ordinal)
            || path.Split('?')[0].Split('/').Any(segment => segment is "." or "..")
        )
        {
            throw new DocumentException("the path has a part that is not a path ('..' or the like)");
        }
        var server = Server(item, operation);
        var schema = new InputSchema(_library);
        var parameters = new ParameterReader(schema).Read(path, item, operation);
        var body = Member(operation, "requestBody") is { } content ? new BodyReader(schema).Read(document.Follow(content)) : null;
        var input = schema.Build();
        var title = Text(operation, "summary") is { Length: > 0 } summary ? InputSchema.Shorten(summary, 120) : $"{method} {path}";
        return new(
            Name(method, key, Text(operation, "operationId")),
            title,
            Describe(method, path, operation, schema.IsCut),
            method,
            path,
            server,
            parameters,
            body,
            input,
            SecuritySchemes.Describe(document, operation)
        );
    }

    private static string Describe(string method, string path, JsonElement operation, bool isCut)
    {
        var text = new StringBuilder();
        if (Flag(operation, "deprecated"))
        {
            text.Append("Deprecated. ");
        }
        text.Append(
            Text(operation, "description") is { Length: > 0 } description ? InputSchema.Shorten(description, 1000)
            : Text(operation, "summary") is { } summary ? InputSchema.Shorten(summary, 1000)
            : ""
        );
        text.Append(text.Length > 0 ? "\n" : "").Append($"Calls {method} {path}.");
        return (
            isCut ? text.Append(" The schema of its arguments is shortened: '{}' takes anything, and the server has the last word.") : text
        ).ToString();
    }

    private string? Server(JsonElement item, JsonElement operation)
    {
        var own = Items(operation, "servers").Concat(Items(item, "servers")).Select(server => (JsonElement?)server).FirstOrDefault();
        if (own is null || onlyOrigin is null)
        {
            return null;
        }
        var address = ServerAddress.Read(own.Value, specUrl) ?? throw new DocumentException("its server's address cannot be understood");
        return Uri.Compare(address, onlyOrigin, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? address.AbsoluteUri
            : throw new DocumentException(
                $"it is on another server, {address.GetLeftPart(UriPartial.Authority)}; import the document again with that "
                    + "as baseUrl to use it"
            );
    }

    private string Name(string method, string path, string? id)
    {
        var plain = Unplain().Replace(id is { Length: > 0 } ? id : $"{method.ToLowerInvariant()}{path}", "_").Trim('_');
        var longest = MaxToolName - prefix.Length - 1;
        if (plain.Length == 0 || plain.Length > longest)
        {
            // Cut names still differ, and are the same at the next import.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {method} {path}")))[..6];
            plain = plain.Length == 0 ? $"operation_{hash}" : $"{plain[..(longest - 7)]}_{hash}";
        }
        var name = plain;
        for (var count = 2; !_taken.Add(name); count++)
        {
            var ending = $"_{count}";
            name = plain[..Math.Min(plain.Length, longest - ending.Length)] + ending;
        }
        return name;
    }

    // No dot: agents that cannot say one write '_', and the first of these stands for the dot after the prefix.
    [GeneratedRegex("[^A-Za-z0-9-]+")]
    private static partial Regex Unplain();

    [GeneratedRegex(@"^/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@%/]|\{[^{}/?#]+\})*(?:\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/\[\]]*)?$")]
    private static partial Regex PlainPath();

    [GeneratedRegex("^[A-Z][A-Z-]{0,19}$")]
    private static partial Regex Token();
}
