using System.Text.Encodings.Web;
using System.Text.Json;

namespace SwePlatform.Web.Components.Pages.Settings;

/// <summary>Settings as people read and write them.</summary>
internal static class SettingText
{
    // For the eye: the framework encodes what the page shows.
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(JsonElement value) => JsonSerializer.Serialize(value, Readable);

    /// <param name="problem">What is wrong with a text that is no JSON value.</param>
    public static JsonElement? Read(string text, out string? problem)
    {
        problem = null;
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException exception)
        {
            problem =
                exception.LineNumber is { } line && text.Contains('\n', StringComparison.Ordinal)
                    ? $"Line {line + 1} is not JSON. Text needs double quotes: \"text\"."
                    : "This is not JSON. Text needs double quotes: \"text\".";
            return null;
        }
    }
}
