namespace SwePlatform.Web.Highlighting;

/// <summary>Where a text has another one in it, whatever its case.</summary>
internal static class TextFinder
{
    public const int MaxLines = 5000;

    /// <summary>Indexes of the lines, and where in them; no more than <see cref="MaxLines"/>.</summary>
    public static SortedList<int, IReadOnlyList<Range>> Find(CodeText text, string wanted)
    {
        var found = new SortedList<int, IReadOnlyList<Range>>();
        if (wanted.Length == 0)
        {
            return found;
        }
        for (var index = 0; index < text.LineCount && found.Count < MaxLines; index++)
        {
            var line = text.Line(index);
            List<Range>? ranges = null;
            for (var at = 0; at <= line.Length - wanted.Length; )
            {
                var next = line[at..].IndexOf(wanted, StringComparison.OrdinalIgnoreCase);
                if (next < 0)
                {
                    break;
                }
                (ranges ??= []).Add(new(at + next, at + next + wanted.Length));
                at += next + wanted.Length;
            }
            if (ranges is not null)
            {
                found.Add(index, ranges);
            }
        }
        return found;
    }
}
