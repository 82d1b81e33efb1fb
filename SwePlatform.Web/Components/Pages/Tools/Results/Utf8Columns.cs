namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>Git counts columns in bytes of UTF-8, the browser shows characters.</summary>
internal static class Utf8Columns
{
    /// <summary>
    /// The characters of <paramref name="text"/> that the bytes from <paramref name="column"/> (from 1) on cover.
    /// The text may have been cut, so whatever lies outside it is left out.
    /// </summary>
    public static Range ToCharacters(string text, int column, int length)
    {
        var start = CharacterAt(text, column - 1);
        return start..Math.Max(start, CharacterAt(text, column - 1 + length));
    }

    private static int CharacterAt(string text, int bytes)
    {
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            index += rune.Utf16SequenceLength;
        }
        return index;
    }
}
