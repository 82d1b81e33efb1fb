using System.Net;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Highlighting;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

/// <summary>Reads texts of a project, and the document that says what a folder is about.</summary>
internal sealed class ReadmeReader(BrowseClient client, CodeCache cache)
{
    /// <summary>A text, or null if the file is none.</summary>
    public async Task<CodeText?> ReadTextAsync(Guid project, string tree, string path, string id, CancellationToken cancellationToken) =>
        cache.Find(project, id, path)
        ?? cache.Add(project, id, path, await client.ReadAsync(project, $"tree:{tree}", path, cancellationToken));

    /// <summary>The folder's README as harmless HTML, and its name; nulls if it has none.</summary>
    public async Task<(string? Html, string? Name)> ReadAsync(
        Guid project,
        string reference,
        BrowseTreeDto folder,
        CancellationToken cancellationToken
    )
    {
        var readme = folder
            .Entries.Where(entry => entry is { Kind: "file", Size: <= MarkdownRenderer.MaxCharacters })
            .Where(entry => Path.GetFileNameWithoutExtension(entry.Name).Equals("README", StringComparison.OrdinalIgnoreCase))
            .MaxBy(entry => MarkdownRenderer.IsMarkdown(entry.Name));
        if (readme is null)
        {
            return default;
        }
        var path = folder.Path.Length == 0 ? readme.Name : $"{folder.Path}/{readme.Name}";
        if (await ReadTextAsync(project, folder.Tree, path, readme.Id, cancellationToken) is not { } text)
        {
            return default;
        }
        var html = MarkdownRenderer.IsMarkdown(readme.Name)
            ? MarkdownRenderer.Render(text.Text, LinksOf(project, reference, path))
            : $"<pre tabindex=\"0\">{WebUtility.HtmlEncode(text.Text)}</pre>";
        return (html, readme.Name);
    }

    /// <summary>Where the links of a document lead: to the same ref.</summary>
    public static MarkdownLinks LinksOf(Guid project, string reference, string path) =>
        new(
            FileLocation.For(project, reference, path),
            file => FileLocation.For(project, reference, file),
            file => FileLocation.ForRaw(project, reference, file),
            path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : ""
        );
}
