using System.Text.Json;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>Makes the schema of one tool's arguments, with the definitions that it needs.</summary>
internal sealed partial class InputSchema(SchemaLibrary library)
{
    /// <summary>About as much as an agent can make use of.</summary>
    private const int MaxBytes = 32 * 1024;

    /// <summary>The place of an argument that is a body; the name of that is ours.</summary>
    public const string Content = "content";

    private sealed record Argument(ConvertedSchema Schema, string? Description, bool Required);

    private readonly Dictionary<string, Argument> _arguments = new(StringComparer.Ordinal);

    /// <summary>Whether something was left out.</summary>
    public bool IsCut { get; private set; }

    public OpenApiDocument Document => library.Document;

    /// <summary>Adds an argument.</summary>
    /// <returns>The name that it got: agents take only plain ones, and each only once.</returns>
    public string Add(string name, string place, JsonElement? schema, string? description, bool required)
    {
        var plain = Unplain().Replace(name, "_").Trim('_') is { Length: > 0 } some ? some[..Math.Min(some.Length, 50)] : "value";
        var argument = _arguments.ContainsKey(plain) ? $"{plain}_{place}" : plain;
        for (var count = 2; _arguments.ContainsKey(argument); count++)
        {
            argument = $"{plain}_{place}_{count}";
        }
        var left = MaxBytes - _arguments.Values.Sum(other => other.Schema.Json.Length);
        var converted = schema is { ValueKind: JsonValueKind.Object } given
            ? library.Fit(given, Math.Min(left, MaxBytes / 2))
            : new("{}"u8.ToArray(), [], false);
        if (argument != name && place != Content)
        {
            // Who knows the API looks for the name that it has there.
            description = string.IsNullOrWhiteSpace(description)
                ? $"Sent as '{Shorten(name, 100)}'."
                : $"{Shorten(description, 800)} Sent as '{Shorten(name, 100)}'.";
        }
        _arguments[argument] = new(converted, description, required);
        IsCut |= converted.IsCut;
        return argument;
    }

    public JsonElement Build()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = SchemaKeywords.Deep.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            foreach (var (name, argument) in _arguments)
            {
                writer.WritePropertyName(name);
                Write(writer, argument);
            }
            writer.WriteEndObject();
            if (_arguments.Any(argument => argument.Value.Required))
            {
                writer.WriteStartArray("required");
                foreach (var name in _arguments.Where(argument => argument.Value.Required).Select(argument => argument.Key))
                {
                    writer.WriteStringValue(name);
                }
                writer.WriteEndArray();
            }
            writer.WriteBoolean("additionalProperties", false);
            WriteDefinitions(writer, MaxBytes - (int)writer.BytesCommitted - writer.BytesPending);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, Argument argument)
    {
        if (string.IsNullOrWhiteSpace(argument.Description))
        {
            writer.WriteRawValue(argument.Schema.Json);
            return;
        }
        // What the parameter says of itself counts more than what its schema says of all its like.
        using var schema = JsonDocument.Parse(argument.Schema.Json);
        writer.WriteStartObject();
        writer.WriteString("description", Shorten(argument.Description, 1000));
        foreach (var member in schema.RootElement.EnumerateObject().Where(member => member.Name != "description"))
        {
            member.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    // The nearest first; those that are too far away to fit stay open.
    private void WriteDefinitions(Utf8JsonWriter writer, int left)
    {
        var wanted = new Queue<string>(_arguments.Values.SelectMany(argument => argument.Schema.References));
        var written = new HashSet<string>(StringComparer.Ordinal);
        while (wanted.TryDequeue(out var reference))
        {
            if (!written.Add(reference))
            {
                continue;
            }
            if (written.Count == 1)
            {
                writer.WriteStartObject("$defs");
            }
            var definition = library.FitDefinition(reference, left);
            IsCut |= definition.IsCut;
            left -= definition.Json.Length;
            writer.WritePropertyName(library.NameOf(reference));
            writer.WriteRawValue(definition.Json);
            foreach (var further in definition.References)
            {
                wanted.Enqueue(further);
            }
        }
        if (written.Count > 0)
        {
            writer.WriteEndObject();
        }
    }

    internal static string Shorten(string text, int length)
    {
        var plain = text.Trim();
        if (plain.Length <= length)
        {
            return plain;
        }
        return plain[..(char.IsHighSurrogate(plain[length - 1]) ? length - 1 : length)] + "…";
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex Unplain();
}
