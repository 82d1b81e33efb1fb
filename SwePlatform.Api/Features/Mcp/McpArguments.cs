using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>What an agent passes to a tool. Each is taken once; what is left at the end is not known to the tool.</summary>
internal sealed class McpArguments(IDictionary<string, JsonElement>? given, int maxTokens = 0)
{
    /// <summary>What every tool takes beside its own arguments: how long its answer may be.</summary>
    public const string Budget = "maxTokens";

    private const int LeastTokens = 200;
    private const int MostTokens = 100_000;

    private readonly JsonObject _left = new(
        (given ?? new Dictionary<string, JsonElement>()).Select(argument =>
            KeyValuePair.Create(argument.Key, JsonNode.Parse(argument.Value.GetRawText()))
        )
    );

    private static readonly string[] Unknown = ["This argument is not known to the tool."];

    /// <summary>How long the answer may be.</summary>
    public int MaxTokens { get; private set; } = maxTokens;

    /// <summary>What was not taken.</summary>
    public JsonElement Rest => JsonSerializer.SerializeToElement(_left);

    /// <exception cref="RequestException">It is no text.</exception>
    public string? Text(string name) =>
        Take(name) is not { } value ? null
        : value.GetValueKind() == JsonValueKind.String ? (string?)value
        : throw RequestException.Invalid(name, "Must be a text.");

    /// <exception cref="RequestException">It is missing.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <exception cref="RequestException">It is no id.</exception>
    public Guid Id(string name) =>
        Guid.TryParse(Required(name), out var id)
            ? id
            : throw RequestException.Invalid(name, "Must be an id, as the answer before gave it.");

    /// <exception cref="RequestException">It is no number of that kind.</exception>
    public int NotNegative(string name) =>
        Take(name) is not { } value ? 0
        : value is JsonValue number && number.TryGetValue<int>(out var found) && found >= 0 ? found
        : throw RequestException.Invalid(name, "Must be a whole number, 0 or more.");

    /// <summary>How many items to leave out; null if the agent does not say.</summary>
    /// <exception cref="RequestException">It is no number of that kind.</exception>
    public int? Skip() => _left.ContainsKey("skip") ? NotNegative("skip") : null;

    /// <summary>The same arguments, whose answer may be as long as that of others.</summary>
    public McpArguments WithBudgetOf(McpArguments others)
    {
        MaxTokens = others.MaxTokens;
        return this;
    }

    /// <summary>Reads how long the answer may be, if the agent says so.</summary>
    /// <exception cref="RequestException">It is no number of that kind.</exception>
    public McpArguments TakeBudget()
    {
        if (_left.ContainsKey(Budget))
        {
            MaxTokens = Math.Clamp(NotNegative(Budget), LeastTokens, MostTokens);
        }
        return this;
    }

    /// <exception cref="RequestException">It is no object.</exception>
    public McpArguments Inner(string name) =>
        Take(name) switch
        {
            null => new(null),
            JsonObject inner => new(inner.ToDictionary(member => member.Key, member => JsonSerializer.SerializeToElement(member.Value))),
            _ => throw RequestException.Invalid(name, "Must be an object: the arguments of that tool."),
        };

    /// <exception cref="RequestException">Something is left.</exception>
    public void End()
    {
        if (_left.Count > 0)
        {
            throw RequestException.Invalid(_left.ToDictionary(left => left.Key, _ => Unknown));
        }
    }

    /// <summary>Holds a request to the rules that its record states, as an endpoint does before its handler runs.</summary>
    /// <exception cref="RequestException">It breaks one.</exception>
    public static T Check<T>(T request)
        where T : class
    {
        var problems = new Dictionary<string, string[]>();
        foreach (var parameter in typeof(T).GetConstructors()[0].GetParameters())
        {
            var value = typeof(T).GetProperty(parameter.Name!)!.GetValue(request);
            var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            var found = parameter
                .GetCustomAttributes<ValidationAttribute>()
                .Select(rule => rule.GetValidationResult(value, new(request) { MemberName = parameter.Name, DisplayName = name }))
                .OfType<ValidationResult>()
                .Select(result => result.ErrorMessage!)
                .ToArray();
            if (found.Length > 0)
            {
                problems[name] = found;
            }
        }
        return problems.Count == 0 ? request : throw RequestException.Invalid(problems);
    }

    private JsonNode? Take(string name)
    {
        var value = _left[name];
        _left.Remove(name);
        return value;
    }

    private static RequestException Missing(string name) => RequestException.Invalid(name, "This argument is required.");
}
