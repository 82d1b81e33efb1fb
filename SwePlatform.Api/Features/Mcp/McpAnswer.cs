using System.Text.Json;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>What agents get, short enough for a context window.</summary>
internal static class McpAnswer
{
    /// <summary>Characters of a result that are given at a time: some 5,000 tokens.</summary>
    public const int MaxCharacters = 20_000;

    public static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    public static CallToolResult Json(object value) => Text(JsonSerializer.Serialize(value, value.GetType(), ToolJson.Options));

    public static CallToolResult Failed(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    public static CallToolResult Failed(RequestException problem) =>
        Failed(
            problem.Errors is { } errors
                ? string.Join(
                    '\n',
                    errors.Select(error =>
                        $"{error.Key.Replace("arguments.", "", StringComparison.Ordinal)}: {string.Join(' ', error.Value)}"
                    )
                )
                : problem.Message
        );

    /// <summary>A result from a character on, and how to read on if there is more.</summary>
    public static CallToolResult Part(Guid executionId, string json, int offset)
    {
        offset = Math.Min(offset, json.Length);
        var end = Math.Min(json.Length, offset + MaxCharacters);
        // Not between the two halves of one character.
        end -= end < json.Length && char.IsHighSurrogate(json[end - 1]) ? 1 : 0;
        var answer = Text(json[offset..end]);
        if (end < json.Length)
        {
            answer.Content.Add(
                new TextContentBlock
                {
                    Text =
                        $"The result has {json.Length} characters; these were {offset} to {end}. Read on with {ExecutionTools.Output} "
                        + $"{{\"executionId\": \"{executionId}\", \"offset\": {end}}}, or ask for less.",
                }
            );
        }
        return answer;
    }
}
