using System.Collections.Concurrent;
using System.Text.Json;
using NJsonSchema;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <summary>A tool with its schema, ready to check arguments.</summary>
internal sealed class RegisteredTool(ITool tool)
{
    private readonly Lazy<Task<JsonSchema>> _parsed = new(() => JsonSchema.FromJsonAsync(tool.InputSchema.GetRawText()));

    // Agents repeat themselves: what was read and found right once need not be validated again.
    private readonly ConcurrentDictionary<string, object> _known = new(StringComparer.Ordinal);
    private const int MaxKnown = 256;
    private const int MaxKnownCharacters = 2048;

    public ITool Tool { get; } = tool;

    public ToolResponse Describe() =>
        new(
            Tool.Name,
            Tool.Title,
            Tool.Description,
            Tool.Name[..Tool.Name.IndexOf('.', StringComparison.Ordinal)],
            Tool.InputSchema,
            Tool.OutputSchema,
            Tool.Annotations,
            Tool.TimeLimit.TotalSeconds,
            Tool.NeedsProject
        );

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RequestException">They break the schema, or a rule beyond it; says which field and why.</exception>
    public async ValueTask<object> ReadArgumentsAsync(JsonElement arguments)
    {
        if (Tool.ChecksSchema)
        {
            return await ReadAnewAsync(arguments);
        }
        var text = arguments.GetRawText();
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }
        var typed = await ReadAnewAsync(arguments);
        if (text.Length <= MaxKnownCharacters)
        {
            if (_known.Count >= MaxKnown)
            {
                _known.Clear();
            }
            _known[text] = typed;
        }
        return typed;
    }

    private async Task<object> ReadAnewAsync(JsonElement arguments)
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
