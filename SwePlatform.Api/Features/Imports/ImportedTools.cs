using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Imports;

/// <summary>
/// The tools of the imports that a user has. Which these are is asked again every two seconds; what is in one is kept
/// for as long as its version stays, so that another replica's change is seen, and nothing else is read twice.
/// </summary>
internal sealed partial class ImportedTools(
    IDbContextFactory<SweDbContext> contexts,
    CredentialVault vault,
    OutboundClient client,
    IOptions<OutboundOptions> options,
    ILogger<ImportedTools> logger
) : IToolSource, IDisposable
{
    private const long MaxBytes = 256 * 1024 * 1024;
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private sealed record Head(Guid Id, string Name, int Version);

    private sealed record ToolSet(IReadOnlyList<RegisteredTool> Tools, IReadOnlyDictionary<string, RegisteredTool> ByName);

    private readonly MemoryCache _heads = new(new MemoryCacheOptions());
    private readonly MemoryCache _sets = new(new MemoryCacheOptions { SizeLimit = MaxBytes });
    private int _generation;

    public async Task<RegisteredTool?> FindAsync(string name, Guid userId, CancellationToken cancellationToken)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (
            dot < 0
            || (await FindHeadsAsync(userId, cancellationToken)).FirstOrDefault(head => name.AsSpan(0, dot).SequenceEqual(head.Name))
                is not { } head
        )
        {
            return null;
        }
        return (await FindSetAsync(head, cancellationToken))?.ByName.GetValueOrDefault(name);
    }

    public async Task<IReadOnlyList<RegisteredTool>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        var tools = new List<RegisteredTool>();
        // Read anew: what is made of this is remembered for longer than two seconds.
        foreach (var head in await ReadHeadsAsync(userId, cancellationToken))
        {
            tools.AddRange((await FindSetAsync(head, cancellationToken))?.Tools ?? []);
        }
        return tools;
    }

    /// <summary>Lets this replica see a change at once.</summary>
    public void Refresh() => Interlocked.Increment(ref _generation);

    private async Task<IReadOnlyList<Head>> FindHeadsAsync(Guid userId, CancellationToken cancellationToken)
    {
        var key = (userId, Volatile.Read(ref _generation));
        return _heads.TryGetValue(key, out IReadOnlyList<Head>? known)
            ? known!
            : _heads.Set(key, await ReadHeadsAsync(userId, cancellationToken), Freshness);
    }

    private async Task<IReadOnlyList<Head>> ReadHeadsAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await data
            .ToolImports.AsNoTracking()
            .UsableBy(userId)
            // One's own comes before a shared one of the same name.
            .OrderByDescending(import => import.UserId == userId)
            .ThenBy(import => import.Name)
            .Select(import => new Head(import.Id, import.Name, import.Version))
            .ToListAsync(cancellationToken);
        return [.. rows.DistinctBy(head => head.Name)];
    }

    // Null if it is gone, or newer by now; then the next look at the heads tells.
    private async Task<ToolSet?> FindSetAsync(Head head, CancellationToken cancellationToken)
    {
        if (_sets.TryGetValue((head.Id, head.Version), out ToolSet? known))
        {
            return known;
        }
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var import = await data.ToolImports.AsNoTracking().FirstOrDefaultAsync(import => import.Id == head.Id, cancellationToken);
        if (import is null)
        {
            return null;
        }
        var (operations, bytes) = Unpack(import);
        Func<Credential>? credential = import.Credential is { } kept ? () => vault.Open(import.Id, kept) : null;
        var api = new HttpApi(import.Id, import.Name, new Uri(import.BaseUrl), credential);
        var tools = operations.ConvertAll(operation => new RegisteredTool(new HttpOperationTool(api, operation, client, options.Value)));
        return _sets.Set(
            (import.Id, import.Version),
            new ToolSet(tools, tools.ToDictionary(tool => tool.Tool.Name, StringComparer.Ordinal)),
            new MemoryCacheEntryOptions { Size = bytes * 2 + import.Operations.Length, SlidingExpiration = Idle }
        );
    }

    // One that cannot be read takes nothing from its users but its own tools.
    private (List<HttpOperation> Operations, long Bytes) Unpack(ToolImport import)
    {
        try
        {
            return OperationPack.Unpack(import.Operations);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            Log.Unreadable(logger, exception, import.Name, import.Id);
            return ([], 0);
        }
    }

    public void Dispose()
    {
        _heads.Dispose();
        _sets.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The tools of the import {Name} ({Id}) cannot be read; refresh it")]
        public static partial void Unreadable(ILogger logger, Exception exception, string name, Guid id);
    }
}
