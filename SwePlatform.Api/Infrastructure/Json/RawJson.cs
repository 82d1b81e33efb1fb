using System.Text.Json;
using System.Text.Json.Serialization;

namespace SwePlatform.Api.Infrastructure.Json;

/// <summary>Any JSON value, passed on as it is: a result of megabytes is neither parsed nor written anew.</summary>
/// <param name="utf8">A complete JSON value in UTF-8.</param>
[JsonConverter(typeof(Converter))]
public sealed class RawJson(byte[] utf8)
{
    internal byte[] Utf8 { get; } = utf8;

    internal static RawJson? From(byte[]? utf8) => utf8 is null ? null : new(utf8);

    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.SerializeToUtf8Bytes(JsonElement.ParseValue(ref reader)));

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8, skipInputValidation: true);
    }
}
