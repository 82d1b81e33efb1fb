using System.Globalization;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

/// <summary>Lines of a file, counted from 1.</summary>
public readonly record struct LineRange(int First, int Last)
{
    public bool Contains(int line) => line >= First && line <= Last;

    public override string ToString() =>
        First == Last
            ? string.Create(CultureInfo.InvariantCulture, $"L{First}")
            : string.Create(CultureInfo.InvariantCulture, $"L{First}-L{Last}");
}

/// <summary>A place in the code browser, and its address.</summary>
/// <param name="Reference">A branch, tag or commit, or <c>workspace:</c> and a name.</param>
public sealed record FileLocation(Guid Project, string Reference, string Path, LineRange? Lines = null)
{
    private const string WorkspacePrefix = "workspace:";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder that it is in; empty for the root.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and >= 0 ? Path[..slash] : "";

    public string? Workspace =>
        Reference.StartsWith(WorkspacePrefix, StringComparison.Ordinal) ? Reference[WorkspacePrefix.Length..] : null;

    public string Address => For(Project, Reference, Path) + (Lines is { } lines ? $"#{lines}" : "");

    public string Raw => ForRaw(Project, Reference, Path);

    /// <summary>The name of a ref as people know it: commits are short.</summary>
    public string ShortReference => Workspace ?? Abbreviate(Reference);

    public static string OfWorkspace(string name) => WorkspacePrefix + name;

    public static string For(Guid project, string reference, string path = "") => Build(project, "files", reference, path);

    public static string For(Guid project, string reference, string path, int line) =>
        For(project, reference, path) + string.Create(CultureInfo.InvariantCulture, $"#L{line}");

    public static string ForRaw(Guid project, string reference, string path) => Build(project, "raw", reference, path);

    public static string ForCommits(Guid project, string reference, string path = "") =>
        $"/projects/{project}/commits/{Uri.EscapeDataString(reference)}" + (path.Length == 0 ? "" : $"?path={Uri.EscapeDataString(path)}");

    public static string Abbreviate(string reference) =>
        reference.Length is 40 or 64 && reference.All(char.IsAsciiHexDigitLower) ? reference[..10] : reference;

    /// <summary>The place that an address stands for; null if it is none of these.</summary>
    public static FileLocation? Parse(Uri address)
    {
        // The path as it was sent: the router's own decoding cannot tell "%2F" in a name from a slash.
        var parts = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["projects", var id, "files", var reference, .. var path] && Guid.TryParse(id, out var project)
            ? new(
                project,
                Uri.UnescapeDataString(reference),
                string.Join('/', path.Select(Uri.UnescapeDataString)),
                ParseLines(address.Fragment)
            )
            : null;
    }

    /// <summary>"#L65" and "#L65-L70"; null for anything else.</summary>
    public static LineRange? ParseLines(string fragment)
    {
        var numbers = fragment.TrimStart('#').Split('-');
        if (numbers.Length > 2 || Number(numbers[0]) is not { } first)
        {
            return null;
        }
        return numbers.Length == 1 ? new(first, first)
            : Number(numbers[1]) is { } last ? new(Math.Min(first, last), Math.Max(first, last))
            : null;
    }

    private static int? Number(string text) =>
        text.StartsWith('L') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0
            ? line
            : null;

    private static string Build(Guid project, string what, string reference, string path) =>
        $"/projects/{project}/{what}/{Uri.EscapeDataString(reference)}"
        + string.Concat(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => "/" + Uri.EscapeDataString(part)));
}
