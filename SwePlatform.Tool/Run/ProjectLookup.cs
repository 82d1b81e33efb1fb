using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;

namespace SwePlatform.Tool.Run;

/// <summary>Finds projects by what people call them.</summary>
internal static class ProjectLookup
{
    private const int PageSize = 500;
    private const int Shown = 20;

    /// <param name="asked">Name or id; null for the only project there is.</param>
    /// <returns>Its id.</returns>
    public static async Task<string> FindAsync(ApiClient client, string? asked, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(asked, out var id))
        {
            return id.ToString();
        }
        var all = await ListAsync(client, cancellationToken);
        var found = asked is null ? all : all.Where(project => Is(project, asked, StringComparison.Ordinal)).ToList();
        if (found.Count == 0)
        {
            found = [.. all.Where(project => Is(project, asked!, StringComparison.OrdinalIgnoreCase))];
        }
        return found switch
        {
            [var one] => (string)one["id"]!,
            [] when all.Count == 0 => throw new CommandException(
                "There is no project yet. Register one: POST /api/v1/projects, or in the web front end."
            ),
            [] => throw new UsageException($"There is no project '{asked}'. There are: {Names(all)}."),
            _ when asked is null => throw new UsageException($"Name a project with --project: {Names(all)}."),
            _ => throw new UsageException(
                $"There are {found.Count} projects named '{asked}'. Name one by its id: "
                    + $"{string.Join(", ", found.Select(project => project["id"]))}."
            ),
        };
    }

    private static bool Is(JsonNode project, string name, StringComparison comparison) =>
        string.Equals((string?)project["name"], name, comparison);

    private static string Names(List<JsonNode> projects) =>
        string.Join(", ", projects.Take(Shown).Select(project => project["name"])) + (projects.Count > Shown ? ", …" : "");

    private static async Task<List<JsonNode>> ListAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var all = new List<JsonNode>();
        while (true)
        {
            var page = await client.GetAsync($"/api/v1/projects?skip={all.Count}&limit={PageSize}", cancellationToken);
            var items = page["items"]!.AsArray();
            all.AddRange(items.Select(item => item!));
            if (items.Count < PageSize)
            {
                return all;
            }
        }
    }
}
