using System.Globalization;

namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>From one result to the next tool, on the same project and ref.</summary>
public sealed record ResultLinks(Guid? ProjectId, string? GitRef)
{
    private const int LinesBefore = 12;
    private const int LinesAfter = 60;

    public string File(string path) => To("files.read", ("path", path));

    public string File(string path, int line) =>
        To(
            "files.read",
            ("path", path),
            ("startLine", Math.Max(1, line - LinesBefore).ToString(CultureInfo.InvariantCulture)),
            ("endLine", (line + LinesAfter).ToString(CultureInfo.InvariantCulture))
        );

    public string FileFrom(string path, int line) =>
        To("files.read", ("path", path), ("startLine", line.ToString(CultureInfo.InvariantCulture)));

    public string Commit(string id) => To("git.show", ("commit", id));

    private string To(string tool, params (string, string)[] arguments) =>
        ToolLocation.Build(tool, ProjectId, GitRef, arguments, run: true);
}
