using System.Globalization;
using System.Text.Json;
using SwePlatform.Api.Features.Database.Catalog;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>Gathers from the plans of many statements which indexes would help.</summary>
internal sealed class MissingIndexes(TableCatalog catalog)
{
    /// <summary>An index that leads to a larger part of the table is slower than reading it as a whole.</summary>
    private const double LargestPart = 0.2;

    private readonly Dictionary<string, Candidate> _candidates = [];

    public void Add(Statement statement, JsonElement plan)
    {
        foreach (var scan in PlanScans.Find(plan, table => catalog.Find(table)?.Rows ?? 0))
        {
            if (
                catalog.Find(scan.Table) is not { } table
                || table.Rows < IndexAdvisor.LeastRows
                || scan.RowsWanted > table.Rows * LargestPart
            )
            {
                continue;
            }
            var columns = scan.Columns.TakeWhile(table.Columns.Contains).ToList();
            var owner = table.Root is { } root && catalog.Find(root) is { } whole ? whole : table;
            if (columns.Count == 0 || catalog.HasIndex(scan.Table, columns))
            {
                continue;
            }
            var key = $"{owner.Name} {string.Join(',', columns)}";
            if (!_candidates.TryGetValue(key, out var candidate))
            {
                _candidates[key] = candidate = new(owner, table, columns, scan.Why);
            }
            candidate.Statements.TryAdd(statement.QueryId, (statement, plan));
        }
    }

    public List<IndexAdvice> ToAdvice() =>
        _candidates
            .Values.Where(candidate => !_candidates.Values.Any(longer => IsPrefix(candidate, longer)))
            .OrderByDescending(candidate => candidate.TotalMs)
            .Select(ToAdvice)
            .ToList();

    private IndexAdvice ToAdvice(Candidate candidate)
    {
        // What a longer index takes over from a shorter one counts for it as well.
        var statements = _candidates
            .Values.Where(other => other == candidate || IsPrefix(other, candidate))
            .SelectMany(other => other.Statements.Values)
            .DistinctBy(pair => pair.Statement.QueryId)
            .ToList();
        var (worst, plan) = statements.MaxBy(pair => pair.Statement.TotalMs);
        var evidence = new QueryEvidence(
            worst.QueryId,
            worst.Query,
            worst.Calls,
            worst.MeanMs,
            Math.Round(statements.Sum(pair => pair.Statement.TotalMs), 3),
            statements.Count,
            QueryPlan.CostOf(plan),
            plan
        );
        var calls = statements.Sum(pair => pair.Statement.Calls);
        var caveat =
            candidate.Part.Writes > calls * 10
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"The table had {candidate.Part.Writes} writes to {calls} of these reads; each write keeps the index up to date."
                )
                : null;
        return IndexAdvisor.Create(
            IndexAdviceKind.Missing,
            candidate.Owner.Name,
            candidate.Columns,
            candidate.Part.Bytes,
            candidate.Part.Rows,
            candidate.Why,
            caveat,
            candidate.Owner.Partitioned,
            evidence
        );
    }

    private static bool IsPrefix(Candidate shorter, Candidate longer) =>
        shorter != longer
        && shorter.Owner == longer.Owner
        && shorter.Columns.Count < longer.Columns.Count
        && longer.Columns.Take(shorter.Columns.Count).SequenceEqual(shorter.Columns);

    private sealed class Candidate(KnownTable owner, KnownTable part, IReadOnlyList<string> columns, string why)
    {
        public KnownTable Owner { get; } = owner;
        public KnownTable Part { get; } = part;
        public IReadOnlyList<string> Columns { get; } = columns;
        public string Why { get; } = why;
        public Dictionary<string, (Statement Statement, JsonElement Plan)> Statements { get; } = [];
        public double TotalMs => Statements.Values.Sum(pair => pair.Statement.TotalMs);
    }
}
