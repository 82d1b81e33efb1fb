using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Database.Catalog;
using SwePlatform.Api.Features.Database.Changes;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Database;

/// <param name="Settings">The server's settings beside those of <c>deploy/postgres.conf</c>.</param>
/// <param name="Activity">Sessions whose transaction is long, or that wait for another one.</param>
public sealed record DatabaseReport(
    DateTimeOffset At,
    ServerFacts Server,
    IReadOnlyList<SettingCheck> Settings,
    ConnectionReport Connections,
    BufferHits Cache,
    StatementReport Statements,
    IReadOnlyList<TableFacts> Tables,
    IReadOnlyList<IndexUse> Indexes,
    IReadOnlyList<SessionActivity> Activity
);

/// <param name="Pool">The pool of the replica that answers.</param>
/// <param name="Total">Connections of all clients to the server.</param>
/// <param name="Most">How many the server takes, without those it keeps for administrators.</param>
public sealed record ConnectionReport(PoolUse Pool, long Total, int Most, IReadOnlyList<ConnectionCount> ByState);

/// <summary>What Postgres tells about itself, and what to do about its indexes.</summary>
internal static class DatabaseEndpoints
{
    private const int ShownTables = 100;
    private const int ShownIndexes = 200;
    private const int ShownStatements = 20;
    private const int MostStatements = 100;
    private const double LongSeconds = 10;

    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(DatabaseJson.Default);
        var services = builder.Services;
        services.AddSingleton<MaintenanceDatabase>();
        services.AddSingleton<IndexChangeWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<IndexChangeWorker>());
    }

    public static void MapDatabase(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/performance/database").WithTags("Performance").RequireAuthorization(Policies.Admin);
        group
            .MapGet("", ReportAsync)
            .WithSummary("Settings, connections, memory hits, the most expensive statements, tables, indexes and blocked queries");
        group.MapIndexes();
    }

    /// <param name="statements">How many of the most expensive statements are shown.</param>
    private static async Task<Ok<DatabaseReport>> ReportAsync(
        MaintenanceDatabase maintenance,
        IOptions<DatabaseOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        int statements = ShownStatements
    )
    {
        if (statements is < 1 or > MostStatements)
        {
            throw RequestException.Invalid("statements", $"Must be a number from 1 to {MostStatements}.");
        }
        await using var connection = await maintenance.OpenToReadAsync(cancellationToken);
        var server = await ServerFacts.ReadAsync(connection, cancellationToken);
        var connections = await ConnectionCount.ReadAsync(connection, cancellationToken);
        var activity = await SessionActivity.ReadAsync(connection, LongSeconds, cancellationToken);
        return TypedResults.Ok(
            new DatabaseReport(
                time.GetUtcNow(),
                server,
                await ServerSettings.CheckAsync(connection, cancellationToken),
                new(
                    PoolReader.Read(options),
                    connections.Sum(count => count.Count),
                    server.MaxConnections - server.ReservedConnections,
                    connections
                ),
                await BufferHits.ReadAsync(connection, cancellationToken),
                WithoutValues(await StatementReport.ReadAsync(connection, statements, cancellationToken)),
                await TableFacts.ReadAsync(connection, ShownTables, cancellationToken),
                await IndexUse.ReadAsync(connection, ShownIndexes, cancellationToken),
                activity.ConvertAll(session => session with { Query = SqlText.WithoutValues(session.Query) })
            )
        );
    }

    // The extension takes the values out of queries only; CREATE ROLE keeps its password.
    private static StatementReport WithoutValues(StatementReport report) =>
        report with
        {
            SlowestByMean =
            [
                .. report.SlowestByMean.Select(statement => statement with { Query = SqlText.WithoutValues(statement.Query) }),
            ],
            MostTimeInTotal =
            [
                .. report.MostTimeInTotal.Select(statement => statement with { Query = SqlText.WithoutValues(statement.Query) }),
            ],
        };
}
