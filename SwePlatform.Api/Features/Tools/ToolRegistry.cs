using System.Text.Json;
using NJsonSchema;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <summary>A tool with its schema, ready to check arguments.</summary>
internal sealed class RegisteredTool(ITool tool)
{
    private readonly Lazy<Task<JsonSchema>> _parsed = new(() => JsonSchema.FromJsonAsync(tool.InputSchema.GetRawText()));

    public ITool Tool { get; } = tool;

    public ToolResponse Describe() =>
        new(
            Tool.Name,
            Tool.Title,
            Tool.Description,
            Tool.Name[..Tool.Name.IndexOf('.', StringComparison.Ordinal)],
            Tool.InputSchema,
            Tool.Annotations,
            Tool.TimeLimit.TotalSeconds,
            Tool.NeedsProject
        );

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RequestException">They break the schema, or a rule beyond it; says which field and why.</exception>
    public async Task<object> ReadArgumentsAsync(JsonElement arguments)
    {
        var problems = new ArgumentProblems();
        object typed;
        try
        {
            arguments = Tool.ChecksSchema ? arguments : WholeNumbers.Normalize(arguments);
            if (!Tool.ChecksSchema && (await _parsed.Value).Validate(arguments.GetRawText()) is { Count: > 0 } broken)
            {
                throw RequestException.Invalid(SchemaErrors.ByField(broken));
            }
            typed = Tool.ReadArguments(arguments, problems);
        }
        catch (Exception exception)
            when (exception
                    is InvalidCastException
                        or OverflowException
                        or FormatException
                        or JsonException
                        or Newtonsoft.Json.JsonException
                        or InvalidOperationException
                        or ArgumentException
            )
        {
            // Valid JSON that means nothing: a number beyond all bounds, half a surrogate pair.
            throw RequestException.Invalid("arguments", "A number is too large, or a text is not valid Unicode.");
        }
        return problems.ByField.Count == 0
            ? typed
            : throw RequestException.Invalid(
                problems.ByField.ToDictionary(
                    problem => problem.Key.Length == 0 ? "arguments" : $"arguments.{problem.Key}",
                    problem => problem.Value
                )
            );
    }
}

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
