using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

/// <summary>The folders of one tree that are known, and those that are open.</summary>
public sealed class FileTreeModel
{
    private readonly Dictionary<string, IReadOnlyList<BrowseEntryDto>> _folders = [];
    private readonly HashSet<string> _open = [""];

    /// <summary>Id of the tree; null before anything is known.</summary>
    public string? Tree { get; private set; }

    public IReadOnlyDictionary<string, IReadOnlyList<BrowseEntryDto>> Folders => _folders;

    public bool IsOpen(string path) => _open.Contains(path);

    public void Toggle(string path)
    {
        if (!_open.Remove(path))
        {
            _open.Add(path);
        }
    }

    /// <summary>Shows another tree. What was open stays open, and is to be read again.</summary>
    public void Begin(string tree)
    {
        if (Tree != tree)
        {
            Tree = tree;
            _folders.Clear();
        }
    }

    public void Add(string path, IReadOnlyList<BrowseEntryDto> entries) => _folders[path] = entries;

    /// <summary>Opens all that a path goes through.</summary>
    public void OpenTo(string path, bool isFolder)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            _open.Add(path[..end]);
        }
        if (isFolder && path.Length > 0)
        {
            _open.Add(path);
        }
    }

    /// <summary>Folders that are open and not known.</summary>
    public IReadOnlyList<string> Missing =>
        [.. _open.Where(path => !_folders.ContainsKey(path) && IsVisible(path)).OrderBy(path => path.Length)];

    // What is open inside of a folder that is closed can wait.
    private bool IsVisible(string path) =>
        path.Length == 0
        || (
            _open.Contains(path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "")
            && (path.LastIndexOf('/') < 0 || IsVisible(path[..path.LastIndexOf('/')]))
        );
}
