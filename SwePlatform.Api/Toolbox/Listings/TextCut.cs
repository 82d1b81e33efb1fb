namespace SwePlatform.Api.Toolbox.Listings;

/// <summary>Cuts text that is longer than anybody wants to read at once, never inside of a character.</summary>
internal static class TextCut
{
    /// <summary>As much of a line as a reader needs to see what it is.</summary>
    public const int Line = 240;

    /// <summary>As much of a line as is given at a time where all of it is wanted.</summary>
    public const int Piece = 1000;

    private const string Mark = "…";

    public static string End(string text, int max) => text.Length <= max ? text : text[..At(text, max)] + Mark;

    /// <summary>The surroundings of a place in a line.</summary>
    /// <param name="column">Where the place is: counted from 1, in bytes of UTF-8.</param>
    public static string Around(string text, int column, int max = Line)
    {
        if (text.Length <= max)
        {
            return text;
        }
        // A third before it and two thirds from it on, unless the line ends before that.
        var start = Math.Clamp(Index(text, column) - (max / 3), 0, text.Length - max);
        start = At(text, start);
        var end = At(text, Math.Min(text.Length, start + max));
        return (start > 0 ? Mark : "") + text[start..end] + (end < text.Length ? Mark : "");
    }

    /// <summary>The whole text, in pieces none of which is too long.</summary>
    public static IEnumerable<string> Pieces(string text, int max = Piece)
    {
        for (var start = 0; start < text.Length || start == 0; )
        {
            var end = text.Length - start <= max ? text.Length : At(text, start + max);
            yield return text[start..end];
            if (end == text.Length)
            {
                yield break;
            }
            start = end;
        }
    }

    /// <summary>The lines of a text, without an empty one after its last line feed.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        var lines = text.Split('\n');
        return lines is [.. var all, ""] ? all : lines;
    }

    private static int At(string text, int index) =>
        index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]) ? index - 1 : index;

    private static int Index(string text, int column)
    {
        var bytes = 1;
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes >= column)
            {
                break;
            }
            bytes += rune.Utf8SequenceLength;
            index += rune.Utf16SequenceLength;
        }
        return index;
    }
}
