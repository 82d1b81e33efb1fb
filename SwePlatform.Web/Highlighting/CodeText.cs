namespace SwePlatform.Web.Highlighting;

/// <summary>
/// A text and its lines. One string and the places where its lines begin: as strings of their own, the lines of a large file would
/// take several times as much.
/// </summary>
public sealed class CodeText
{
    /// <summary>More would be higher than browsers lay out a page.</summary>
    public const int MaxLines = 400_000;

    private readonly int[] _starts;
    private readonly CodeToken[]?[] _tokens;

    public CodeText(string text, string? scope)
    {
        Text = text;
        Scope = scope;
        _starts = FindLines(text, out var longer);
        IsCut = longer;
        _tokens = new CodeToken[]?[_starts.Length];
    }

    public string Text { get; }

    /// <summary>The grammar that it is coloured by; null if there is none.</summary>
    public string? Scope { get; }

    public int LineCount => _starts.Length;

    /// <summary>Whether it has more lines than are shown.</summary>
    public bool IsCut { get; }

    /// <summary>How many lines have their colours, from the first.</summary>
    public int ColouredLines { get; private set; }

    /// <summary>Whether there is nothing left to colour.</summary>
    public bool IsColoured { get; private set; }

    /// <summary>A line by its index, without its end.</summary>
    public ReadOnlySpan<char> Line(int index)
    {
        var end = index + 1 < _starts.Length ? _starts[index + 1] : LastEnd();
        var line = Text.AsSpan(_starts[index], end - _starts[index]);
        return line.TrimEnd("\r\n");
    }

    /// <summary>The colours of a line; null as long as it has none.</summary>
    public CodeToken[]? Tokens(int index) => _tokens[index];

    public void Colour(int index, CodeToken[] tokens)
    {
        _tokens[index] = tokens;
        ColouredLines = index + 1;
    }

    public void EndColouring() => IsColoured = true;

    private int LastEnd()
    {
        if (!IsCut)
        {
            return Text.Length;
        }
        var end = Text.AsSpan(_starts[^1]).IndexOf('\n');
        return end < 0 ? Text.Length : _starts[^1] + end;
    }

    private static int[] FindLines(string text, out bool longer)
    {
        var starts = new List<int> { 0 };
        longer = false;
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf('\n', at + 1))
        {
            if (starts.Count == MaxLines)
            {
                longer = true;
                break;
            }
            starts.Add(at + 1);
        }
        return [.. starts];
    }
}
