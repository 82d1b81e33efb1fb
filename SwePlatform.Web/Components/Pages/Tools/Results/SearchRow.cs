namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>One line on the screen: a file's name, a line of it, or a gap between lines.</summary>
public sealed record SearchRow(string Path, int Line, string Text, IReadOnlyList<Range> Marks, int Matches = 0)
{
    public bool IsFile => Matches > 0;

    public bool IsGap => Line < 0;

    public bool IsMatch => !IsFile && Marks.Count > 0;

    /// <summary>Puts matches and their surroundings in the order of the file, each line once.</summary>
    public static IReadOnlyList<SearchRow> From(CodeSearchResultDto result)
    {
        var rows = new List<SearchRow>(result.Matches.Count * 2);
        foreach (var file in result.Matches.GroupBy(match => match.Path))
        {
            rows.Add(new(file.Key, 0, "", [], file.Count()));
            AddLines(rows, file.Key, [.. file]);
        }
        return rows;
    }

    private static void AddLines(List<SearchRow> rows, string path, IReadOnlyList<CodeMatchDto> matches)
    {
        var lines = new SortedDictionary<int, SearchRow>();
        foreach (var match in matches)
        {
            // Two matches on a line are one row with two marks.
            var marks = lines.TryGetValue(match.Line, out var row) ? row.Marks : [];
            lines[match.Line] = new(path, match.Line, match.Text, [.. marks, MarkOf(match)]);
            AddContext(lines, path, match.Before ?? [], match.Line - (match.Before?.Count ?? 0));
            AddContext(lines, path, match.After ?? [], match.Line + 1);
        }

        var hasContext = matches.Any(match => match.Before is not null || match.After is not null);
        var previous = 0;
        foreach (var (number, row) in lines)
        {
            if (hasContext && previous > 0 && number > previous + 1)
            {
                rows.Add(new(path, -1, "⋯", []));
            }
            rows.Add(row);
            previous = number;
        }
    }

    private static void AddContext(SortedDictionary<int, SearchRow> lines, string path, IReadOnlyList<string> texts, int first)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            lines.TryAdd(first + i, new(path, first + i, texts[i], []));
        }
    }

    private static Range MarkOf(CodeMatchDto match) => Utf8Columns.ToCharacters(match.Text, match.Column, match.Length);
}
