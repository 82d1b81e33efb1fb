using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>A file of a multipart body.</summary>
/// <param name="Name">What the server is told that it is called; null for the name of its field.</param>
internal sealed record FilePart(byte[] Bytes, string MediaType, string? Name);

/// <summary>
/// Files among arguments, which are JSON: their text, or for bytes <c>data:image/png;name=a.png;base64,…</c>, as in addresses of
/// pages.
/// </summary>
internal static class FileParts
{
    public const string Description =
        "The file: its text, or its bytes as data:<media type>;base64,<bytes>; with ;name=<file name> before ;base64 it has a name.";

    private const string Scheme = "data:";
    private const string Encoded = ";base64,";

    /// <summary>What is wrong with a file among the fields; null for nothing.</summary>
    public static string? Problem(JsonElement fields, HttpBody body) =>
        fields
            .EnumerateObject()
            .Where(member => body.Files?.Contains(member.Name) == true)
            .SelectMany(member =>
                (member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value]).Select(item =>
                    (member.Name, Item: item)
                )
            )
            .Where(file => IsData(file.Item, out _, out var base64) && !Base64.IsValid(base64))
            .Select(file => $"'{file.Name}' is not base64 behind '{Encoded}'.")
            .FirstOrDefault();

    public static FilePart Read(JsonElement item)
    {
        if (!IsData(item, out var head, out var base64))
        {
            return new(Encoding.UTF8.GetBytes(ParameterStyles.Text(item)), "application/octet-stream", null);
        }
        var parts = head.ToString().Split(';');
        var name = parts.Skip(1).FirstOrDefault(part => part.StartsWith("name=", StringComparison.Ordinal))?["name=".Length..];
        return new(
            Convert.FromBase64String(base64.ToString()),
            MediaTypeHeaderValue.TryParse(parts[0], out var type) ? type.ToString() : "application/octet-stream",
            name is null ? null : Uri.UnescapeDataString(name)
        );
    }

    private static bool IsData(JsonElement item, out ReadOnlySpan<char> head, out ReadOnlySpan<char> base64)
    {
        head = default;
        base64 = default;
        var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
        var at = text.StartsWith(Scheme, StringComparison.Ordinal) ? text.IndexOf(Encoded, StringComparison.Ordinal) : -1;
        if (at < 0)
        {
            return false;
        }
        head = text.AsSpan(Scheme.Length, at - Scheme.Length);
        base64 = text.AsSpan(at + Encoded.Length);
        return true;
    }
}
