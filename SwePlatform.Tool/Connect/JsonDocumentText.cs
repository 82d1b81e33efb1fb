using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SwePlatform.Tool.Connect;

/// <summary>
/// Puts one member into a JSON file that people write by hand. The file is changed as text, so that comments, order and layout
/// stay, and the result is compared with the original before it counts.
/// </summary>
internal static partial class JsonDocumentText
{
    private const int Indent = 2;

    /// <summary>Comments and trailing commas, as VS Code has them.</summary>
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonReaderOptions LenientReader = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        // These files are no web pages, and what people wrote there is not escaped either.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="text">The file; nothing but white space counts as an empty object.</param>
    /// <param name="update">Changes the member, which is empty if it was not there.</param>
    /// <exception cref="FormatException">The text is not such a file; the message says why.</exception>
    public static string Set(string text, string parent, string name, Action<JsonObject> update)
    {
        var source = string.IsNullOrWhiteSpace(text) ? "{}\n" : text;
        var entry = Get(source, parent, name) ?? [];
        update(entry);
        var changed = Change(source, parent, name, entry.ToJsonString(Indented));
        return IsOnlyChange(source, changed, parent, name)
            ? changed
            : throw new FormatException("it could not be changed without touching other parts");
    }

    /// <summary>A member that is an object; null if it is not there, or something else.</summary>
    public static JsonObject? Get(string text, string parent, string name)
    {
        using var document = Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text);
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(parent, out var group)
            && group.ValueKind == JsonValueKind.Object
            && group.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Object
            ? JsonNode.Parse(value.GetRawText(), null, Lenient) as JsonObject
            : null;
    }

    private static string Change(string text, string parent, string name, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var root = FindObject(bytes, 0, depth: 0) ?? throw new FormatException("it is not a JSON object");
        if (root.Find(parent) is not { } group)
        {
            var nested = $"{{\n{Pad(1)}{Member(name, Shift(value, 1))}\n}}";
            return Insert(bytes, root, Member(parent, Shift(nested, 1)), 1, newLine);
        }
        var servers = FindObject(bytes, group.Begin, depth: 1) ?? throw new FormatException($"'{parent}' in it is not an object");
        return servers.Find(name) is { } old
            ? Splice(bytes, old.Begin, old.End, Shift(value, 2), newLine)
            : Insert(bytes, servers, Member(name, Shift(value, 2)), 2, newLine);
    }

    private static string Insert(byte[] bytes, Braces place, string member, int depth, string newLine)
    {
        if (place.Members.Count == 0)
        {
            // What is in there may be a comment, which stays; mere white space does not.
            var rest = bytes.AsSpan(place.Begin + 1, place.End - place.Begin - 2);
            return rest.Trim(" \t\r\n"u8).IsEmpty
                ? Splice(bytes, place.Begin + 1, place.End - 1, $"\n{Pad(depth)}{member}\n{Pad(depth - 1)}", newLine)
                : Splice(bytes, place.Begin + 1, place.Begin + 1, $"\n{Pad(depth)}{member}", newLine);
        }
        var at = place.Members[^1].End;
        var behind = Encoding.UTF8.GetString(bytes.AsSpan(at, place.End - at));
        if (LineComment().Match(behind) is not { Success: true } comment)
        {
            // A comma that is there already, which some clients allow, then stands behind the new member.
            return Splice(bytes, at, at, $",\n{Pad(depth)}{member}", newLine);
        }
        // The comment belongs to the member that was the last.
        var hasComma = comment.Groups["comma"].Success;
        var end = at + Encoding.UTF8.GetByteCount(comment.Value);
        return Splice(bytes, at, end, $"{(hasComma ? "" : ",")}{comment.Value}\n{Pad(depth)}{member}", newLine);
    }

    private static string Splice(byte[] bytes, int begin, int end, string text, string newLine) =>
        Encoding.UTF8.GetString(bytes.AsSpan(0, begin))
        + text.Replace("\n", newLine, StringComparison.Ordinal)
        + Encoding.UTF8.GetString(bytes.AsSpan(end));

    private static string Member(string name, string value) => $"\"{JsonEncodedText.Encode(name)}\": {value}";

    private static string Shift(string json, int depth) =>
        json.ReplaceLineEndings("\n").Replace("\n", "\n" + Pad(depth), StringComparison.Ordinal);

    private static string Pad(int depth) => new(' ', depth * Indent);

    private static Braces? FindObject(byte[] bytes, int begin, int depth)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(begin), LenientReader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            var braces = new Braces(begin + (int)reader.TokenStartIndex);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = begin + (int)reader.TokenStartIndex;
                reader.Skip();
                braces.Members.Add((name, start, begin + (int)reader.BytesConsumed));
            }
            braces.End = begin + (int)reader.BytesConsumed;
            // What follows the object is part of the outer one, except at the top, where nothing may follow.
            while (depth == 0 && reader.Read()) { }
            return braces;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(exception);
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException exception)
        {
            throw Invalid(exception);
        }
    }

    private static FormatException Invalid(Exception exception) =>
        new($"it is not valid JSON: {exception.Message.TrimEnd('.')}", exception);

    // Both are parsed again, as the client will.
    private static bool IsOnlyChange(string before, string after, string parent, string name)
    {
        using var old = Parse(before);
        using var fresh = Parse(after);
        return Rest(old.RootElement, parent).SequenceEqual(Rest(fresh.RootElement, parent))
            && Rest(Group(old), name).SequenceEqual(Rest(Group(fresh), name));

        JsonElement? Group(JsonDocument document) => document.RootElement.TryGetProperty(parent, out var group) ? group : null;

        static IEnumerable<string> Rest(JsonElement? element, string without) =>
            element is not { } found
                ? []
                : found
                    .EnumerateObject()
                    .Where(member => member.Name != without)
                    .Select(member => $"{member.Name}\0{member.Value.GetRawText()}");
    }

    [GeneratedRegex(@"^[ \t]*(?<comma>,)?[ \t]*//[^\r\n]*")]
    private static partial Regex LineComment();

    /// <summary>Where an object and its members are, in bytes. Ends are exclusive.</summary>
    private sealed class Braces(int begin)
    {
        public int Begin => begin;

        public int End { get; set; }

        public List<(string Name, int Begin, int End)> Members { get; } = [];

        // Of several, readers take the last.
        public (int Begin, int End)? Find(string name) =>
            Members.FindLastIndex(member => member.Name == name) is >= 0 and var index ? (Members[index].Begin, Members[index].End) : null;
    }
}
