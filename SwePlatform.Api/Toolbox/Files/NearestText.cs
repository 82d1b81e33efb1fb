namespace SwePlatform.Api.Toolbox.Files;

/// <summary>Says where a text is most like one that was looked for, and in what they differ first.</summary>
internal static class NearestText
{
    private const int Shown = 120;
    private const long MaxComparisons = 20_000_000;
    private const int MaxLine = 1000;
    private const double Alike = 0.6;

    public static string Describe(string wanted, string text)
    {
        var (lines, expected) = (Lines(text), Lines(wanted.TrimEnd('\n', '\r')));
        if ((long)lines.Length * expected.Length > MaxComparisons)
        {
            return "Read it again.";
        }
        var best = Enumerable
            .Range(0, lines.Length)
            .Select(start => (Start: start, Same: Same(expected, lines, start)))
            .MaxBy(place => place.Same);
        if (best.Same == expected.Count(line => line.Trim().Length > 0) && best.Same > 0)
        {
            return $"But for white space it is at line {best.Start + 1}. {Difference(expected, lines, best.Start)}";
        }
        if (best.Same > 0)
        {
            return $"It is most like line {best.Start + 1}. {Difference(expected, lines, best.Start)}";
        }
        // No line is the same: the one that shares most pairs of characters with the first line that says something.
        var first = expected.FirstOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "";
        var pairs = Pairs(first);
        var (index, likeness) = lines
            .Take(50_000)
            .Select((line, number) => (number, Likeness: Likeness(pairs, line)))
            .DefaultIfEmpty((0, 0))
            .MaxBy(candidate => candidate.Item2);
        return likeness >= Alike
            ? $"It is most like line {index + 1}: '{Cut(lines[index].Trim())}'."
            : "Nothing is like it; read the file again.";
    }

    private static int Same(string[] expected, string[] lines, int start)
    {
        var same = 0;
        for (var index = 0; index < expected.Length && start + index < lines.Length; index++)
        {
            var line = expected[index].AsSpan().Trim();
            same += line.Length > 0 && line.SequenceEqual(lines[start + index].AsSpan().Trim()) ? 1 : 0;
        }
        return same;
    }

    private static string Difference(string[] expected, string[] lines, int start)
    {
        for (var index = 0; index < expected.Length; index++)
        {
            var found = start + index < lines.Length ? lines[start + index] : null;
            // The first and the last line of what is wanted may be parts of lines.
            if (found is null)
            {
                return $"The file ends at line {lines.Length}.";
            }
            if (found != expected[index])
            {
                return $"Line {start + index + 1} is '{Cut(found)}', not '{Cut(expected[index])}'.";
            }
        }
        return "";
    }

    private static double Likeness(HashSet<int> pairs, string line)
    {
        if (line.Length > MaxLine || pairs.Count == 0)
        {
            return 0;
        }
        var others = Pairs(line.Trim());
        return 2.0 * others.Count(pairs.Contains) / Math.Max(1, pairs.Count + others.Count);
    }

    private static HashSet<int> Pairs(string line)
    {
        var pairs = new HashSet<int>();
        for (var index = 1; index < Math.Min(line.Length, MaxLine); index++)
        {
            pairs.Add((line[index - 1] << 16) | line[index]);
        }
        return pairs;
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];

    private static string Cut(string text) =>
        (text.Length > Shown ? text[..Shown] + "…" : text).Replace("\t", "\\t", StringComparison.Ordinal);
}
