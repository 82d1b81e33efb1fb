using System.Globalization;
using SwePlatform.Web.Components.Pages.Projects.Files;

namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>From a result to what it names, in the project and at the commit or workspace that it was made of.</summary>
/// <param name="Reference">A commit, or <c>workspace:</c> and a name; the default branch if null.</param>
public sealed record ResultLinks(Guid? ProjectId, string? Reference)
{
    private string At => Reference ?? "HEAD";

    /// <summary>What a run on a project read.</summary>
    public static ResultLinks Of(Guid? projectId, string? workspace, string? commit) =>
        new(projectId, string.IsNullOrEmpty(workspace) ? commit : FileLocation.OfWorkspace(workspace));

    public string File(string path) => ProjectId is { } project ? FileLocation.For(project, At, path) : "/projects";

    public string File(string path, int line) => ProjectId is { } project ? FileLocation.For(project, At, path, line) : "/projects";

    public string File(string path, int first, int last) =>
        first == last ? File(path, first) : File(path, first) + string.Create(CultureInfo.InvariantCulture, $"-L{last}");

    /// <summary>The file as it was in another commit than that of the result.</summary>
    public string FileAt(string commit, string path, int line) => (this with { Reference = commit }).File(path, line);

    /// <summary>More of a file, by the tool that read its beginning.</summary>
    public string FileFrom(string path, int line)
    {
        var workspace = Reference is { } name ? new FileLocation(Guid.Empty, name, "").Workspace : null;
        return ToolLocation.Build(
            "files.read",
            ProjectId,
            workspace is null ? Reference : null,
            [("path", path), ("startLine", line.ToString(CultureInfo.InvariantCulture))],
            run: true,
            workspace
        );
    }

    public string Commit(string id) => ProjectId is { } project ? $"/projects/{project}/commit/{Uri.EscapeDataString(id)}" : "/projects";
}
