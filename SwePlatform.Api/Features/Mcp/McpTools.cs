using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// The tools as MCP shows them: each with the arguments that say what it works on, beside its own.
/// </summary>
internal sealed class McpTools(ToolRegistry registry, SweDbContext data, CurrentUser user, IHttpContextAccessor http)
{
    public const string ListProjects = "projects.list";
    public const string ReadResult = "results.read";
    public const string Project = "project";
    public const string Ref = "ref";
    public const string Workspace = "workspace";

    private const int PageSize = 500;

    /// <summary>The project that the endpoint is bound to; null if the agent names one with each call.</summary>
    public Guid? BoundProject => http.HttpContext?.GetRouteValue(McpSetup.ProjectRouteValue) is string text ? Guid.Parse(text) : null;

    /// <param name="cursor">Where to go on, as the page before said; null for the first.</param>
    public async ValueTask<ListToolsResult> ListAsync(string? cursor, CancellationToken cancellationToken)
    {
        if (!int.TryParse(cursor ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            throw new ModelContextProtocol.McpException("The cursor is none that this server gave.");
        }
        if (BoundProject is { } id && !await data.Projects.VisibleTo(user).AnyAsync(project => project.Id == id, cancellationToken))
        {
            throw new ModelContextProtocol.McpException($"There is no project '{id}'.");
        }
        var registered = (await registry.ListAsync(user.Id, cancellationToken)).ToLookup(tool => tool.Tool.NeedsProject);
        List<Tool> own = BoundProject is null
            ? [ListProjectsTool, .. registered[true].Select(Describe), ReadResultTool]
            : [.. registered[true].Select(Describe), ReadResultTool];
        // Imported ones may be thousands. They come last, since there are agents that do not turn the page.
        var rest = registered[false]
            .Skip(Math.Max(0, start - own.Count))
            .Take(Math.Max(0, PageSize - Math.Max(0, own.Count - start)))
            .Select(Describe);
        List<Tool> page = [.. own.Skip(start), .. rest];
        var end = start + page.Count;
        return new()
        {
            Tools = page,
            NextCursor = end < own.Count + registered[false].Count() ? end.ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    /// <summary>The tool of that name. Some agents cannot say a dot; the first underscore may stand for it.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public async Task<Toolbox.ITool> FindAsync(string name, CancellationToken cancellationToken)
    {
        var dotted =
            name.Contains('.', StringComparison.Ordinal) || name.IndexOf('_', StringComparison.Ordinal) is not (> 0 and var first)
                ? name
                : $"{name[..first]}.{name[(first + 1)..]}";
        return (
                await registry.FindAsync(name, user.Id, cancellationToken) ?? await registry.FindAsync(dotted, user.Id, cancellationToken)
            )?.Tool
            ?? throw RequestException.NotFound($"There is no tool '{name}'.");
    }

    /// <summary>The project that a call works on: that of the endpoint, or the one named by id or name.</summary>
    /// <exception cref="RequestException">It is not named, or not there.</exception>
    public async Task<Guid> FindProjectAsync(string? named, CancellationToken cancellationToken)
    {
        if (BoundProject is { } bound)
        {
            return bound;
        }
        if (string.IsNullOrEmpty(named))
        {
            throw RequestException.Invalid(Project, $"Name the project, by id or name. '{ListProjects}' lists them.");
        }
        var isId = Guid.TryParse(named, out var id);
        // An administrator may see several of one name; their own comes first.
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => isId ? project.Id == id : project.Name == named)
            .OrderByDescending(project => project.UserId == user.Id)
            .Select(project => (Guid?)project.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return found ?? throw RequestException.Invalid(Project, $"There is no project '{named}'. '{ListProjects}' lists them.");
    }

    private Tool Describe(RegisteredTool registered)
    {
        var tool = registered.Tool;
        return new()
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = tool.NeedsProject ? AddTarget(tool.InputSchema, tool.Annotations.ReadOnly) : tool.InputSchema,
            Annotations = new()
            {
                Title = tool.Title,
                ReadOnlyHint = tool.Annotations.ReadOnly,
                IdempotentHint = tool.Annotations.Idempotent,
                DestructiveHint = !tool.Annotations.ReadOnly && !tool.Annotations.Sandboxed,
                OpenWorldHint = !tool.NeedsProject,
            },
        };
    }

    private JsonElement AddTarget(JsonElement schema, bool readOnly)
    {
        var node = JsonNode.Parse(schema.GetRawText())!.AsObject();
        node.Remove("$schema");
        var properties = node["properties"] as JsonObject ?? [];
        var required = node["required"] as JsonArray ?? [];
        node["properties"] = properties;
        node["required"] = required;
        if (BoundProject is null)
        {
            properties[Project] = Text("Id or name of the project.");
            required.Add(Project);
        }
        properties[Workspace] = Text(
            readOnly ? "Branch workspace to read, with what is not committed there." : "Branch workspace to work in."
        );
        if (readOnly)
        {
            properties[Ref] = Text("Branch, tag or commit to read; the project's default branch if absent.");
        }
        else
        {
            required.Add(Workspace);
        }
        return JsonSerializer.SerializeToElement(node);
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static readonly ToolAnnotations Reads = new()
    {
        ReadOnlyHint = true,
        IdempotentHint = true,
        OpenWorldHint = false,
    };

    private static readonly Tool ListProjectsTool = new()
    {
        Name = ListProjects,
        Title = "List projects",
        Description = "Lists the projects that tools can run on, with the id, name and state of each.",
        InputSchema = JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}"""),
        Annotations = Reads,
    };

    private static readonly Tool ReadResultTool = new()
    {
        Name = ReadResult,
        Title = "Read on in a result",
        Description = "Returns a part of a result that was cut because of its length.",
        InputSchema = JsonElement.Parse(
            """
            {"type":"object","properties":{
              "executionId":{"type":"string","format":"uuid","description":"The execution whose result was cut."},
              "offset":{"type":"integer","minimum":0,"description":"The character to begin with."}},
             "required":["executionId","offset"],"additionalProperties":false}
            """
        ),
        Annotations = Reads,
    };
}
