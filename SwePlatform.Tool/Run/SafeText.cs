namespace SwePlatform.Tool.Run;

/// <summary>Text of files and servers for a terminal: control characters in it could do more than be shown.</summary>
internal static class SafeText
{
    private const char Replacement = '\uFFFD';

    public static string Line(string text) => Clean(text, keepLines: false);

    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines) =>
        text.Any(character => IsUnsafe(character, keepLines))
            ? string.Create(
                text.Length,
                (text, keepLines),
                static (span, state) =>
                {
                    for (var i = 0; i < span.Length; i++)
                    {
                        var character = state.text[i];
                        span[i] =
                            !IsUnsafe(character, state.keepLines) ? character
                            : character is '\r' or '\n' ? ' '
                            : Replacement;
                    }
                }
            )
            : text;

    private static bool IsUnsafe(char character, bool keepLines) =>
        char.IsControl(character) && character != '\t' && !(keepLines && character is '\n' or '\r');
}
