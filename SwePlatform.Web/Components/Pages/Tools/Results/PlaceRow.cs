using System.Globalization;

namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>A line of a result that leads to a place; one without an address is a heading.</summary>
/// <param name="Number">What stands at the left, such as a line.</param>
public sealed record PlaceRow(string Number, string Text, string? Address, string? Note = null)
{
    public static IReadOnlyList<PlaceRow> From(GitBlameResultDto blame, ResultLinks links)
    {
        var commits = blame.Commits.ToDictionary(commit => commit.Id);
        return
        [
            .. blame.Lines.Select(lines => new PlaceRow(
                Range(lines.StartLine, lines.EndLine),
                commits.TryGetValue(lines.Commit, out var commit)
                    ? string.Create(CultureInfo.InvariantCulture, $"{commit.Date:yyyy-MM-dd}  {commit.Author.Name}  {commit.Subject}")
                    : lines.Commit,
                links.File(blame.Path, lines.StartLine, lines.EndLine),
                lines.Commit[..Math.Min(10, lines.Commit.Length)]
            )),
        ];
    }

    public static IReadOnlyList<PlaceRow> From(CodeDuplicatesResultDto duplicates, ResultLinks links) =>
        [
            .. duplicates.Duplicates.SelectMany(duplicate =>
                duplicate
                    .Occurrences.Select(place => new PlaceRow(
                        Range(place.StartLine, place.EndLine),
                        place.Path,
                        links.File(place.Path, place.StartLine, place.EndLine)
                    ))
                    .Prepend(
                        new(
                            "",
                            string.Create(CultureInfo.InvariantCulture, $"{duplicate.Lines} lines in {duplicate.Occurrences.Count} places"),
                            null
                        )
                    )
            ),
        ];

    public static IReadOnlyList<PlaceRow> From(CodeOutlineResultDto outline, ResultLinks links) =>
        [
            .. outline.Files.SelectMany(file =>
                file.Symbols.Select(symbol => new PlaceRow(
                        symbol.StartLine.ToString(CultureInfo.InvariantCulture),
                        symbol.Signature,
                        links.File(file.Path, symbol.StartLine),
                        symbol.Kind
                    ))
                    .Prepend(new("", file.Path, null))
            ),
        ];

    public static IReadOnlyList<PlaceRow> From(CodeHotspotsResultDto hotspots, ResultLinks links) =>
        [
            .. hotspots.Files.Select(file => new PlaceRow(
                file.Score.ToString("0.00", CultureInfo.InvariantCulture),
                file.Path,
                links.File(file.Path),
                string.Create(CultureInfo.InvariantCulture, $"{file.Commits} commits by {file.Authors}, {file.Lines} lines")
            )),
        ];

    private static string Range(int first, int last) =>
        first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}–{last}");
}
