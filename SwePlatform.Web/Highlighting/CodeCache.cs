using System.Text;
using Microsoft.Extensions.Caching.Memory;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Highlighting;

/// <summary>
/// Files that were shown a moment ago, with their colours, by the project and the id that Git gives to their content: who has the id
/// has been told it by the API, and may read what it stands for.
/// </summary>
internal sealed class CodeCache : IDisposable
{
    private const long MaxBytes = 64L * 1024 * 1024;
    private const int BytesPerLine = 60;
    private const int BytesPerEntry = 250;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _files = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public CodeText? Find(Guid project, string id, string path) =>
        _files.TryGetValue((project, id, CodeLanguages.Find(path)), out CodeText? text) ? text : null;

    /// <summary>Keeps a file; null if it is no text.</summary>
    public CodeText? Add(Guid project, string id, string path, byte[] content)
    {
        // As Git decides it: a NUL among the first bytes makes a file binary.
        if (content.AsSpan(0, Math.Min(content.Length, 8000)).Contains((byte)0))
        {
            return null;
        }
        var preamble = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var language = CodeLanguages.Find(path);
        var text = new CodeText(Encoding.UTF8.GetString(content.AsSpan(preamble)), language);
        var size = (text.Text.Length * 2L) + (text.LineCount * (long)BytesPerLine) + 500;
        return size > MaxBytes / 2
            ? text
            : _files.Set((project, id, language), text, new MemoryCacheEntryOptions { Size = size, SlidingExpiration = Lifetime });
    }

    /// <summary>What a folder of a tree holds; what a tree's id stands for never changes.</summary>
    public IReadOnlyList<BrowseEntryDto>? FindFolder(Guid project, string tree, string path) =>
        _files.TryGetValue((project, tree, path, "folder"), out IReadOnlyList<BrowseEntryDto>? entries) ? entries : null;

    public void AddFolder(Guid project, string tree, string path, IReadOnlyList<BrowseEntryDto> entries)
    {
        var size = entries.Sum(entry => 2L * entry.Name.Length) + (BytesPerEntry * (long)entries.Count) + 500;
        _files.Set((project, tree, path, "folder"), entries, new MemoryCacheEntryOptions { Size = size, SlidingExpiration = Lifetime });
    }

    public void Dispose() => _files.Dispose();
}
