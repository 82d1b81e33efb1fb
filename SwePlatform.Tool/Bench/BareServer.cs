using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Bench;

/// <summary>
/// What the API is compared with, in a process of its own: Kestrel that writes given bytes, and Npgsql with the same
/// JSON. No authentication, no limits, no measurements.
/// </summary>
internal static class BareServer
{
    public const string Name = "bare-server";

    /// <summary>Environment variable with the database's connection string.</summary>
    public const string Database = "SWE_BARE_SERVER_DATABASE";

    public static Command Define()
    {
        var port = new Option<int>("--port") { Required = true };
        var tools = new Option<string>("--tools") { Required = true };
        var command = new Command(Name, "The other side of a comparison") { port, tools };
        command.Hidden = true;
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(parsed.GetValue(port), File.ReadAllBytes(parsed.GetValue(tools)!), Variables.Read(Database)!, cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(int port, byte[] tools, string connectionString, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        await using var database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                MaxAutoPrepare = 50,
                AutoPrepareMinUsages = 2,
                MinPoolSize = 20,
                MaxPoolSize = 60,
            }.ConnectionString
        );
        var healthy = "Healthy"u8.ToArray();
        app.MapGet("/health", context => WriteAsync(context, "text/plain", healthy));
        app.MapGet("/tools", context => WriteAsync(context, "application/json; charset=utf-8", tools));
        app.MapGet(
            "/projects",
            async context =>
                await WriteAsync(context, "application/json; charset=utf-8", await ReadProjectsAsync(database, context.RequestAborted))
        );
        using var stop = cancellationToken.Register(app.Lifetime.StopApplication);
        await app.RunAsync();
        return 0;
    }

    private static Task WriteAsync(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length);
    }

    private static async Task<byte[]> ReadProjectsAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT p.id, p.name, p.repository_url, p.default_branch, p.status, p.status_message, p.head_commit, p.head_tree,
                   p.sync_requested_at IS NOT NULL, p.allow_network, p.created_at, p.synced_at, u.id, u.email, u.display_name,
                   (SELECT count(*) FROM projects)
            FROM projects p JOIN auth.users u ON u.id = p.user_id ORDER BY p.id DESC LIMIT 100
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (items, total) = (new List<BareProject>(100), 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(
                new(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    Text(reader, 3),
                    reader.GetString(4),
                    Text(reader, 5),
                    Text(reader, 6),
                    Text(reader, 7),
                    reader.GetBoolean(8),
                    reader.GetBoolean(9),
                    reader.GetFieldValue<DateTimeOffset>(10),
                    reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
                    new(reader.GetGuid(12), reader.GetString(13), reader.GetString(14))
                )
            );
            total = reader.GetInt64(15);
        }
        return JsonSerializer.SerializeToUtf8Bytes(new(items, 0, 100, total), BareJson.Default.BarePage);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

internal sealed record BareOwner(Guid Id, string Email, string DisplayName);

internal sealed record BareProject(
    Guid Id,
    string Name,
    string RepositoryUrl,
    string? DefaultBranch,
    string Status,
    string? StatusMessage,
    string? HeadCommit,
    string? HeadTree,
    bool Syncing,
    bool AllowNetwork,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SyncedAt,
    BareOwner Owner
);

internal sealed record BarePage(List<BareProject> Items, int Skip, int Limit, long Total);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BarePage))]
internal sealed partial class BareJson : JsonSerializerContext;
