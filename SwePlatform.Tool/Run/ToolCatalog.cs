using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Run;

/// <summary>The tools that a platform has.</summary>
internal static class ToolCatalog
{
    public static async Task<IReadOnlyList<JsonNode>> ListAsync(ApiClient client, CancellationToken cancellationToken) =>
        [.. (await client.GetAsync("/api/v1/tools", cancellationToken))["tools"]!.AsArray().Select(tool => tool!)];

    /// <exception cref="CommandException">There is none of this name; those with a similar one are named.</exception>
    public static async Task<JsonNode> GetAsync(ApiClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync($"/api/v1/tools/{Uri.EscapeDataString(name)}", cancellationToken);
        }
        catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            var names = (await ListAsync(client, cancellationToken)).Select(tool => (string)tool["name"]!).ToList();
            var part = name.Split('.', '_')[^1];
            var similar = names.Where(known => known.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
            var advice = similar.Count > 0 ? $"Do you mean {string.Join(" or ", similar)}?" : "swe tools lists them.";
            throw new UsageException($"There is no tool '{name}'. {advice}");
        }
    }
}
