using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <summary>Where tools come from that are not built in, and that not every user has.</summary>
internal interface IToolSource
{
    Task<RegisteredTool?> FindAsync(string name, Guid userId, CancellationToken cancellationToken);

    Task<IReadOnlyList<RegisteredTool>> ListAsync(Guid userId, CancellationToken cancellationToken);
}

/// <summary>All tools that a user has, by name.</summary>
internal sealed class ToolRegistry(IEnumerable<ITool> builtIn, IEnumerable<IToolSource> sources)
{
    private readonly Dictionary<string, RegisteredTool> _builtIn = builtIn.ToDictionary(
        tool => tool.Name,
        tool => new RegisteredTool(tool),
        StringComparer.Ordinal
    );

    /// <summary>Whether built-in tools have this name before their dot.</summary>
    public bool IsBuiltInCategory(string name) => _builtIn.Keys.Any(tool => tool.StartsWith(name + ".", StringComparison.Ordinal));

    public async Task<IReadOnlyList<RegisteredTool>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        var tools = _builtIn.Values.ToList();
        foreach (var source in sources)
        {
            tools.AddRange(await source.ListAsync(userId, cancellationToken));
        }
        return [.. tools.OrderBy(tool => tool.Tool.Name, StringComparer.Ordinal)];
    }

    public async Task<RegisteredTool?> FindAsync(string name, Guid userId, CancellationToken cancellationToken)
    {
        if (_builtIn.TryGetValue(name, out var tool))
        {
            return tool;
        }
        foreach (var source in sources)
        {
            if (await source.FindAsync(name, userId, cancellationToken) is { } found)
            {
                return found;
            }
        }
        return null;
    }
}
