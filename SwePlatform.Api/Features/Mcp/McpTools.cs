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
internal sealed class McpTools(
    ToolRegistry registry,
    ToolSelection selection,
    SweDbContext data,
    CurrentUser user,
    IHttpContextAccessor http
)
{
    public const string Project = "project";
    public const string Ref = "ref";
    public const string Workspace = "workspace";

    private const int MaxListed = 60;
    private const int MaxSets = 50;
    private const int MaxNamed = 10;

    /// <summary>The project that the endpoint is bound to; null if the agent names one with each call.</summary>
    public Guid? BoundProject => http.HttpContext?.GetRouteValue(McpSetup.ProjectRouteValue) is string text ? Guid.Parse(text) : null;

    /// <param name="cursor">Where to go on, as a page before said; there is none that says so.</param>
    public async ValueTask<ListToolsResult> ListAsync(string? cursor, CancellationToken cancellationToken)
    {
        // There is one page only: of more, tools.search finds them.
        if (cursor is not null)
        {
            throw new McpProtocolException("The cursor is none that this server gave.", McpErrorCode.InvalidParams);
        }
        if (BoundProject is { } id && !await data.Projects.VisibleTo(user).AnyAsync(project => project.Id == id, cancellationToken))
        {
            throw new McpProtocolException($"There is no project '{id}'.", McpErrorCode.InvalidParams);
        }
        var registered = (await registry.ListAsync(user.Id, cancellationToken)).Where(tool => PlatformTools.Find(tool.Tool.Name) is null);
        var known = registered.Select(tool => tool.Tool).ToList();
        if (selection.Unknown([.. known.Select(tool => McpNames.Of(tool.Name)), .. Offered().Select(tool => tool.Name)]) is [_, ..] unknown)
        {
            var sets = known
                .Select(tool => ToolSelection.Toolset(McpNames.Of(tool.Name)))
                .Concat(Offered().Select(tool => ToolSelection.Toolset(tool.Name)));
            throw new McpProtocolException(
                $"There is no toolset or tool '{string.Join("', '", unknown)}'. "
                    + $"Toolsets: {string.Join(", ", sets.Distinct().Take(MaxSets))}.",
                McpErrorCode.InvalidParams
            );
        }
        var selected = known.Where(IsSelected).ToList();
        var platform = Offered().Where(tool => McpOmissions.Lists(tool.Name) && selection.Has(tool.Name, tool.IsReadOnly)).ToList();
        // Imported ones may be thousands, and an agent pays for each at its start: of many, it is told how to find them.
        var isLarge = selected.Count + platform.Count > MaxListed;
        return new()
        {
            Tools =
            [
                .. platform.Where(tool => isLarge || !SearchTools.All.Contains(tool)).Select(tool => tool.Describe(BoundProject)),
                .. selected.Where(tool => tool.NeedsProject || !isLarge).Select(Describe),
            ],
        };
    }

    /// <summary>The tools beside those of the platform itself that this connection wants.</summary>
    public async Task<IReadOnlyCollection<Toolbox.ITool>> SelectAsync(CancellationToken cancellationToken) =>
        [.. (await registry.ListAsync(user.Id, cancellationToken)).Select(tool => tool.Tool).Where(IsSelected)];

    /// <summary>The tool of that name, as agents get it or as it is called here.</summary>
    /// <exception cref="RequestException">There is none; names those that may be meant.</exception>
    public async Task<Toolbox.ITool> FindAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var meant in McpNames.Meant(name))
        {
            if (await registry.FindAsync(meant, user.Id, cancellationToken) is { } found)
            {
                selection.Check(McpNames.Of(found.Tool.Name), found.Tool.Annotations.ReadOnly);
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

    private bool IsSelected(Toolbox.ITool tool) => selection.Has(McpNames.Of(tool.Name), tool.Annotations.ReadOnly);

    private Tool Describe(Toolbox.ITool tool) => tool.NeedsProject ? DescribeBuiltIn(tool) : DescribeImported(tool);

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

    private static IEnumerable<string> Targets(Toolbox.ITool tool) =>
        tool.ReadsRef ? new[] { Workspace, Ref }.Where(name => McpOmissions.Lists(tool.Name, name)).Select(name => $"?{name}") : [];

    private Tool DescribeBuiltIn(Toolbox.ITool tool)
    {
        var schema = McpSchema.Shorten(tool.InputSchema, tool.Name);
        var readOnly = tool.Annotations.ReadOnly;
        var target = !readOnly ? [Workspace] : Targets(tool);
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
