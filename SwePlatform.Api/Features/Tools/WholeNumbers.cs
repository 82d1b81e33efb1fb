using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Features.Tools;

/// <summary>JSON Schema calls 1.0 an integer, and some clients write all numbers so; readers of integers refuse it.</summary>
internal static partial class WholeNumbers
{
    /// <summary>The same JSON, with whole numbers written without a fraction.</summary>
    public static JsonElement Normalize(JsonElement json)
    {
        if (!Whole().IsMatch(json.GetRawText()))
        {
            return json;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, json);
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in json.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray())
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number
                when json.GetRawText() is var number && Whole().Match(number) is { Success: true } match && match.Length == number.Length:
                writer.WriteRawValue(match.Groups["whole"].ValueSpan);
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    [GeneratedRegex(@"(?<whole>-?[0-9]+)\.0+", RegexOptions.NonBacktracking)]
    private static partial Regex Whole();
}
