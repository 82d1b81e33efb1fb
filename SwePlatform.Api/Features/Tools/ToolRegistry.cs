using System.Text.Json;
using NJsonSchema;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <summary>A tool with its schema, ready to check arguments.</summary>
internal sealed class RegisteredTool(ITool tool)
{
    private readonly JsonElement _schema = ToolJson.Schema(tool.ArgumentsType);
    private readonly Lazy<Task<JsonSchema>> _parsed = new(() => JsonSchema.FromJsonAsync(ToolJson.Schema(tool.ArgumentsType).GetRawText()));

    public ITool Tool { get; } = tool;

    public ToolResponse Describe() => new(
        Tool.Name, Tool.Title, Tool.Description, Tool.Name[..Tool.Name.IndexOf('.', StringComparison.Ordinal)],
        _schema, Tool.Annotations, Tool.TimeLimit.TotalSeconds);

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RequestException">They break the schema, or a rule beyond it; says which field and why.</exception>
    public async Task<object> ReadArgumentsAsync(JsonElement arguments)
    {
        var broken = (await _parsed.Value).Validate(arguments.GetRawText());
        if (broken.Count > 0)
        {
            throw RequestException.Invalid(SchemaErrors.ByField(broken));
        }
        var problems = new ArgumentProblems();
        var typed = Tool.ReadArguments(arguments, problems);
        return problems.ByField.Count == 0
            ? typed
            : throw RequestException.Invalid(problems.ByField.ToDictionary(problem => $"arguments.{problem.Key}", problem => problem.Value));
    }
}

/// <summary>All tools, by name.</summary>
internal sealed class ToolRegistry(IEnumerable<ITool> tools)
{
    private readonly Dictionary<string, RegisteredTool> _tools = tools.ToDictionary(tool => tool.Name, tool => new RegisteredTool(tool), StringComparer.Ordinal);

    public IEnumerable<RegisteredTool> All => _tools.Values.OrderBy(tool => tool.Tool.Name, StringComparer.Ordinal);

    public RegisteredTool? Find(string name) => _tools.GetValueOrDefault(name);
}
