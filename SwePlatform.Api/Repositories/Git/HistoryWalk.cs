using System.Globalization;
using System.Text;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>Which commits to list, newest first.</summary>
/// <param name="From">Id of the commit to start from.</param>
/// <param name="Author">Text that "name &lt;email&gt;" of the author has in it, or null.</param>
/// <param name="Since">In seconds since 1970. What is older is left out, and so is what only leads on from there.</param>
/// <param name="Until">In seconds since 1970. What is newer is left out.</param>
internal sealed record HistoryQuery(string From, int MaxCount, string? Author = null, long? Since = null, long? Until = null)
{
    public bool IsFiltered => Author is not null || Since is not null || Until is not null;
}

/// <summary>
/// Lists history from a <c>git cat-file --batch</c> in the order of <c>git log</c>: by time of commit, newest first, and of
/// two with the same time the one that was met first.
/// </summary>
internal sealed class HistoryWalk
{
    // One commit after the other is asked for; beyond this, a Git process that finds all by itself is faster.
    private const int MaxRead = 500;

    private const int AskedAhead = 100;

    private readonly GitBatch _batch;
    private readonly HistoryQuery _question;
    private readonly byte[]? _author;
    private readonly Dictionary<string, GitObject> _ahead = [];
    private long _bytes;
    private string? _next;

    private HistoryWalk(GitBatch batch, HistoryQuery question)
    {
        (_batch, _question, _next) = (batch, question, question.From);
        _author = question.Author is { } author ? Encoding.UTF8.GetBytes(author) : null;
    }

    /// <returns>
    /// Null where Git itself has to be asked: some commit is missing or unusual, for which Git has rules; or they are too
    /// many or too large.
    /// </returns>
    public static List<GitObject>? Walk(GitBatch batch, HistoryQuery question) => new HistoryWalk(batch, question).Walk();

    private List<GitObject>? Walk()
    {
        var found = new List<GitObject>();
        var met = new HashSet<string>();
        var waiting = new PriorityQueue<(GitObject Commit, long Time), (long Time, int Met)>();
        IReadOnlyList<string> ahead = [_question.From];
        for (var read = 0; read <= MaxRead; read++)
        {
            foreach (var id in ahead.Where(met.Add))
            {
                var commit = Find(id, _question.MaxCount - found.Count);
                _bytes += commit?.Content.Length ?? 0;
                if (commit is not { IsPlain: true, CommittedAt: { } time } || _bytes > GitObjects.MaxTotalBytes)
                {
                    return null;
                }
                waiting.Enqueue((commit, time), (-time, met.Count));
            }
            if (found.Count == _question.MaxCount || !waiting.TryDequeue(out var newest, out _))
            {
                return found;
            }
            ahead = [];
            if (newest.Time < _question.Since)
            {
                continue;
            }
            if ((_author is null ? true : newest.Commit.HasAuthor(_author)) is not { } isBy)
            {
                return null;
            }
            if (isBy && !(newest.Time > _question.Until))
            {
                found.Add(newest.Commit);
            }
            ahead = found.Count < _question.MaxCount ? newest.Commit.Parents : [];
        }
        return null;
    }

    private GitObject? Find(string id, int wanted)
    {
        // Most histories are mostly one line. Much of it in one go spares the wait for each answer; what it lacks is asked for.
        if (id == _next && _batch.Recall(id) is null)
        {
            var count = _author is null && _question.Until is null ? Math.Min(wanted, AskedAhead) : AskedAhead;
            var line = GitObjects.ReadAll(
                _batch,
                [.. Enumerable.Range(0, count).Select(back => string.Create(CultureInfo.InvariantCulture, $"{id}~{back}^{{commit}}"))]
            );
            foreach (var ahead in line.OfType<GitObject>())
            {
                _ahead[ahead.Id] = ahead;
                _next = FirstParent(ahead);
            }
        }
        var commit = _ahead.GetValueOrDefault(id) ?? GitObjects.Find(_batch, id);
        _next = id == _next ? FirstParent(commit) : _next;
        return commit;
    }

    private static string? FirstParent(GitObject? commit) => commit?.Parents is [var first, ..] ? first : null;
}
