using System.Globalization;
using System.Net;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

/// <summary>Who changed which lines of a file last, beside them.</summary>
public sealed class BlameGutter(BlameDto blame, Guid project)
{
    private readonly Dictionary<string, BlamedCommitDto> _commits = blame.Commits.ToDictionary(commit => commit.Id);
    private readonly List<BlamedLinesDto> _lines = [.. blame.Lines.OrderBy(line => line.StartLine)];

    private readonly long _oldest = blame.Commits.Select(commit => commit.Date.ToUnixTimeSeconds()).DefaultIfEmpty().Min();
    private readonly long _newest = blame.Commits.Select(commit => commit.Date.ToUnixTimeSeconds()).DefaultIfEmpty().Max();

    /// <summary>What stands beside a line, as HTML: the commit where its lines begin, and only its age below.</summary>
    public string Cell(int line)
    {
        if (Find(line) is not { } lines || !_commits.TryGetValue(lines.Commit, out var commit))
        {
            return "<span class=\"blame\"></span>";
        }
        var age = Age(commit);
        if (line != lines.StartLine)
        {
            return $"<span class=\"blame age-{age}\"></span>";
        }
        var date = commit.Date.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var place = FileLocation.For(project, commit.Id, lines.OriginalPath ?? blame.Path, lines.OriginalLine);
        return $"<span class=\"blame first age-{age}\">"
            + $"<a href=\"/projects/{project}/commit/{commit.Id}\" title=\"{Encode($"{commit.Subject} ({commit.Id[..10]})")}\">"
            + $"{Encode(commit.Subject)}</a>"
            + $"<span class=\"who\">{Encode(commit.Author.Name)}</span><a class=\"when\" href=\"{Encode(place)}\" "
            + $"title=\"This line as it was written in {commit.Id[..10]}\">{date}</a></span>";
    }

    private BlamedLinesDto? Find(int line)
    {
        var (low, high) = (0, _lines.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_lines[middle].EndLine < line)
            {
                low = middle + 1;
            }
            else if (_lines[middle].StartLine > line)
            {
                high = middle - 1;
            }
            else
            {
                return _lines[middle];
            }
        }
        return null;
    }

    // 0 for the oldest to 4 for the newest.
    private int Age(BlamedCommitDto commit) =>
        _newest == _oldest ? 4 : (int)(4 * (commit.Date.ToUnixTimeSeconds() - _oldest) / (_newest - _oldest));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
