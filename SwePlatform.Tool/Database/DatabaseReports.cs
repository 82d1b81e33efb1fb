using System.Globalization;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Database;

/// <summary>What the API finds out about its database, for people to read.</summary>
internal sealed class DatabaseReports(ApiClient client, TextWriter output, TextWriter remarks)
{
    private const int MostStatements = 100;
    private const string Path = "/api/v1/performance/database";

    public async Task SlowQueriesAsync(int limit, CancellationToken cancellationToken)
    {
        var statements = await ReadStatementsAsync(Math.Min(limit, MostStatements), cancellationToken);
        if (Fix(statements) is { } fix)
        {
            throw new CommandException(fix);
        }
        var since = (DateTimeOffset?)statements["since"];
        await PrintAsync($"Slowest on average since {since:u}");
        await PrintAsync(statements["slowestByMean"]!.AsArray().Take(limit));
        await PrintAsync($"Most time in total since {since:u}");
        await PrintAsync(statements["mostTimeInTotal"]!.AsArray().Take(limit));
    }

    public async Task IndexesAsync(CancellationToken cancellationToken)
    {
        if (Fix(await ReadStatementsAsync(1, cancellationToken)) is { } fix)
        {
            await remarks.WriteLineAsync($"Without statistics of queries, missing indexes cannot be found. {fix}");
        }
        var advice = (await client.GetAsync($"{Path}/indexes", cancellationToken))["advice"]!.AsArray();
        foreach (var item in advice)
        {
            var kind = ((string)item!["kind"]!).ToUpperInvariant();
            await PrintAsync($"{kind}  {item["table"]} ({item["rows"]} rows): {item["reason"]}");
            if (item["evidence"] is { } evidence)
            {
                var (mean, cost) = ((double)evidence["meanMs"]!, (double?)evidence["cost"]);
                await PrintAsync(
                    $"  {evidence["calls"]} calls, {mean:0.0} ms each, estimated cost {cost:0}: ",
                    $"{Figures.OneLine((string)evidence["query"]!)}"
                );
            }
            if (item["caveat"] is { } caveat)
            {
                await PrintAsync($"  but: {caveat}");
            }
            await PrintAsync($"  {item["ddl"]};");
        }
        await PrintAsync($"{advice.Count} things to consider; nothing was changed");
    }

    public async Task BloatAsync(CancellationToken cancellationToken)
    {
        var tables = (await client.GetAsync(Path, cancellationToken))["tables"]!.AsArray();
        await PrintAsync($"  {"", -40}{"rows", 12}{"dead", 10}{"dead %", 8}{"size", 10}{"bloat", 10}  last vacuum");
        foreach (var table in tables.OrderByDescending(table => (long)table!["deadRows"]! + ((long?)table["bloatBytes"] ?? 0)))
        {
            var (rows, dead, ratio) = ((long)table!["rows"]!, (long)table["deadRows"]!, (double)table["deadRatio"]!);
            var size = Figures.Size((long)table["tableBytes"]!);
            var bloat = (long?)table["bloatBytes"] is { } bytes ? Figures.Size(bytes) : "?";
            var vacuum = (DateTimeOffset?)table["lastVacuum"] is { } at ? $"{at:u}" : "never";
            await PrintAsync($"  {table["table"], -40}{rows, 12}{dead, 10}{ratio * 100, 8:0.0}{size, 10}{bloat, 10}  {vacuum}");
        }
        await PrintAsync($"Bloat is estimated from the rows' average width. vacuum frees the space of dead rows for new ones.");
    }

    private async Task<JsonNode> ReadStatementsAsync(int limit, CancellationToken cancellationToken) =>
        (await client.GetAsync($"{Path}?statements={limit}", cancellationToken))["statements"]!;

    // Null if there are statistics of statements.
    private static string? Fix(JsonNode statements) => (bool)statements["available"]! ? null : (string?)statements["fix"];

    private async Task PrintAsync(IEnumerable<JsonNode?> statements)
    {
        await PrintAsync($"  {"calls", 10}{"mean ms", 12}{"max ms", 12}{"total ms", 14}{"rows", 12}  query");
        foreach (var statement in statements)
        {
            var (mean, most, total) = ((double)statement!["meanMs"]!, (double)statement["maxMs"]!, (double)statement["totalMs"]!);
            var query = Figures.OneLine((string)statement["query"]!);
            await PrintAsync($"  {statement["calls"], 10}{mean, 12:0.00}{most, 12:0.00}{total, 14:0.0}{statement["rows"], 12}  {query}");
        }
    }

    private Task PrintAsync(params FormattableString[] parts) =>
        output.WriteLineAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
