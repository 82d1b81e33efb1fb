using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol;
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
    public const string Project = "project";
    public const string Ref = "ref";
    public const string Workspace = "workspace";

    private const int PageSize = 500;
    private const int MaxNamed = 10;

    /// <summary>The project that the endpoint is bound to; null if the agent names one with each call.</summary>
    public Guid? BoundProject => http.HttpContext?.GetRouteValue(McpSetup.ProjectRouteValue) is string text ? Guid.Parse(text) : null;

    /// <param name="cursor">Where to go on, as the page before said; null for the first.</param>
    public async ValueTask<ListToolsResult> ListAsync(string? cursor, CancellationToken cancellationToken)
    {
        if (!int.TryParse(cursor ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            throw new McpProtocolException("The cursor is none that this server gave.", McpErrorCode.InvalidParams);
        }
        if (BoundProject is { } id && !await data.Projects.VisibleTo(user).AnyAsync(project => project.Id == id, cancellationToken))
        {
            throw new McpProtocolException($"There is no project '{id}'.", McpErrorCode.InvalidParams);
        }
        var registered = (await registry.ListAsync(user.Id, cancellationToken)).ToLookup(tool => tool.Tool.NeedsProject);
        // Imported ones may be thousands. They come last, since there are agents that do not turn the page.
        var imported = registered[false].Where(tool => PlatformTools.Find(tool.Tool.Name) is null).ToList();
        List<Tool> own =
        [
            .. Offered().Where(tool => McpOmissions.Lists(tool.Name)).Select(tool => tool.Describe(BoundProject)),
            .. registered[true].Select(Describe),
        ];
        var rest = imported
            .Skip(Math.Max(0, start - own.Count))
            .Take(Math.Max(0, PageSize - Math.Max(0, own.Count - start)))
            .Select(Describe);
        List<Tool> page = [.. own.Skip(start), .. rest];
        var end = start + page.Count;
        return new() { Tools = page, NextCursor = end < own.Count + imported.Count ? end.ToString(CultureInfo.InvariantCulture) : null };
    }

    /// <summary>The tool of that name, as agents get it or as it is called here.</summary>
    /// <exception cref="RequestException">There is none; names those that may be meant.</exception>
    public async Task<Toolbox.ITool> FindAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var meant in McpNames.Meant(name))
        {
            if (await registry.FindAsync(meant, user.Id, cancellationToken) is { } found)
            {
                return found.Tool;
            }
        }
        var known = (await registry.ListAsync(user.Id, cancellationToken)).Select(tool => McpNames.Of(tool.Tool.Name));
        var near = McpNames.Near(name, Offered().Select(tool => tool.Name).Concat(known));
        throw RequestException.NotFound(
            $"There is no tool '{(name.Length > 100 ? name[..100] : name)}'."
                + (near.Count == 0 ? " tools/list names all." : $" Do you mean {string.Join(" or ", near)}?")
        );
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
            return await FindOnlyProjectAsync(cancellationToken);
        }
        var isId = Guid.TryParse(named, out var id);
        // An administrator may see several of one name; their own comes first.
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => isId ? project.Id == id : project.Name == named)
            .OrderByDescending(project => project.UserId == user.Id)
            .Select(project => (Guid?)project.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return found ?? throw RequestException.Invalid(Project, $"There is no project '{named}'. {ProjectTools.List} lists them.");
    }

    // Who has one project means that one.
    private async Task<Guid> FindOnlyProjectAsync(CancellationToken cancellationToken)
    {
        var known = await data
            .Projects.VisibleTo(user)
            .OrderByDescending(project => project.Id)
            .Select(project => new { project.Id, project.Name })
            .Take(MaxNamed + 1)
            .ToListAsync(cancellationToken);
        return known switch
        {
            [var only] => only.Id,
            [] => throw RequestException.Invalid(Project, $"There is no project yet; {ProjectTools.Create} registers one."),
            _ => throw RequestException.Invalid(
                Project,
                $"Name the project, by id or name: {string.Join(", ", known.Take(MaxNamed).Select(project => project.Name))}"
                    + (known.Count > MaxNamed ? $" or another. {ProjectTools.List} lists them." : $". {ProjectTools.List} has their ids.")
            ),
        };
    }

    private IEnumerable<PlatformTool> Offered() => PlatformTools.All.Where(tool => tool.IsOfferedTo(BoundProject));

    private Tool Describe(RegisteredTool registered) =>
        registered.Tool.NeedsProject ? DescribeBuiltIn(registered.Tool) : DescribeImported(registered.Tool);

    private static Tool DescribeImported(Toolbox.ITool tool) =>
        new()
        {
            Name = McpNames.Of(tool.Name),
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = tool.InputSchema,
            OutputSchema = McpSchema.AnyObject,
            Annotations = new()
            {
                ReadOnlyHint = tool.Annotations.ReadOnly,
                IdempotentHint = tool.Annotations.Idempotent,
                DestructiveHint = !tool.Annotations.ReadOnly,
                OpenWorldHint = true,
            },
        };

    private Tool DescribeBuiltIn(Toolbox.ITool tool)
    {
        var schema = McpSchema.Shorten(tool.InputSchema, tool.Name);
        var readOnly = tool.Annotations.ReadOnly;
        string[] target =
            !readOnly ? [Workspace]
            : !tool.ReadsRef ? []
            : McpOmissions.Lists(tool.Name, Ref) ? [$"?{Workspace}", $"?{Ref}"]
            : [$"?{Workspace}"];
        foreach (var argument in BoundProject is null ? [$"?{Project}", .. target] : target)
        {
            McpSchema.Add(schema, argument);
        }
        return new()
        {
            Name = McpNames.Of(tool.Name),
            Description = tool.Brief,
            InputSchema = JsonSerializer.SerializeToElement(schema),
            OutputSchema = McpSchema.AnyObject,
            Annotations = readOnly ? PlatformTool.Reads : PlatformTool.Writes,
        };
    }
}
