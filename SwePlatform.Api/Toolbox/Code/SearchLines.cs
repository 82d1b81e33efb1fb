using System.Text;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>Matches as <c>path:line: text</c>, and their context as <c>path-line- text</c>, as grep writes them.</summary>
internal static class SearchLines
{
    public static IReadOnlyList<ListingItem> Of(IReadOnlyList<CodeMatch> matches) =>
        [.. matches.Select(match => new ListingItem(Write(match)))];

    /// <summary>A match without what is far from it in its line.</summary>
    public static CodeMatch Cut(CodeMatch match) =>
        match with
        {
            Text = TextCut.Around(match.Text, match.Column),
            TextTruncated = match.TextTruncated ?? (match.Text.Length > TextCut.Line ? true : null),
            Before = match.Before?.Select(Cut).ToList(),
            After = match.After?.Select(Cut).ToList(),
        };

    private static string Write(CodeMatch match)
    {
        var line = $"{match.Path}:{match.Line}: {TextCut.Around(match.Text, match.Column)}";
        if (match.Before is null && match.After is null)
        {
            return line;
        }
        var text = new StringBuilder();
        var number = match.Line - (match.Before?.Count ?? 0);
        foreach (var before in match.Before ?? [])
        {
            text.Append($"{match.Path}-{number++}- {Cut(before)}\n");
        }
        text.Append(line);
        foreach (var after in match.After ?? [])
        {
            text.Append($"\n{match.Path}-{++number}- {Cut(after)}");
        }
        return text.Append("\n--").ToString();
    }

    private static string Cut(string line) => TextCut.End(line, TextCut.Line);
}
