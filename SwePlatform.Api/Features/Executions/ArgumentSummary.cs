using System.Text;
using System.Text.Json;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The arguments of a call in one short line, such as <c>query: TODO · maxMatches: 20</c>.</summary>
internal static class ArgumentSummary
{
    /// <summary>How many characters of the arguments are read.</summary>
    public const int ReadCharacters = 400;
    private const int MaxCharacters = 160;

    /// <param name="start">The beginning of the arguments as JSON; it may be cut anywhere.</param>
    public static string Write(string start)
    {
        var text = new StringBuilder();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: false, default);
        try
        {
            while (text.Length < MaxCharacters && reader.Read())
            {
                Append(text, ref reader);
            }
        }
        catch (JsonException)
        {
            // A character that was cut in two: what was read before it stays.
        }
        return text.Length <= MaxCharacters ? text.ToString() : string.Concat(text.ToString().AsSpan(0, MaxCharacters - 1), "…");
    }

    private static void Append(StringBuilder text, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                text.Append(text.Length == 0 ? "" : " · ").Append(OneLine(reader.GetString()!)).Append(':');
                break;
            case JsonTokenType.String:
                text.Append(' ').Append(OneLine(reader.GetString()!));
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null:
                text.Append(' ').Append(Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }
    }

    // Control characters and the like have no place in a list.
    private static string OneLine(string text) =>
        string.Create(
            Math.Min(text.Length, MaxCharacters),
            text,
            static (line, whole) =>
            {
                for (var at = 0; at < line.Length; at++)
                {
                    line[at] = char.IsControl(whole[at]) ? ' ' : whole[at];
                }
            }
        );
}
