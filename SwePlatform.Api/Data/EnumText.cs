using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace SwePlatform.Api.Data;

/// <summary>Enums are stored as the text that the API shows, so that a person can read the table.</summary>
internal static class EnumText
{
    public static PropertyBuilder<T> HasEnumText<T>(this PropertyBuilder<T> property)
        where T : struct, Enum => property.HasConversion(new Converter<T>()).HasMaxLength(20);

    public static PropertyBuilder<T?> HasEnumText<T>(this PropertyBuilder<T?> property)
        where T : struct, Enum => property.HasConversion(new Converter<T>()).HasMaxLength(20);

    private sealed class Converter<T>() : ValueConverter<T, string>(value => Write(value), text => Read<T>(text))
        where T : struct, Enum;

    public static string Write<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static T Read<T>(string text)
        where T : struct, Enum => Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
