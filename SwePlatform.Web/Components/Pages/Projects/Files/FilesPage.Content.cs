using SwePlatform.Web.Clients;
using SwePlatform.Web.Components.Pages.Tools.Results;
using SwePlatform.Web.Highlighting;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

public sealed partial class FilesPage
{
    // What a circuit may hold for one page.
    private const long MaxTextBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan FirstColours = TimeSpan.FromMilliseconds(60);
    private static readonly string[] ImageTypes = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico", ".svg"];

    private string? _shownView;
    private bool _wasShown;
    private CodeText? _text;
    private string? _html;
    private string? _readme;
    private string? _readmeName;
    private bool _isImage;
    private bool _isTooLarge;
    private bool _symbolsShown;
    private LoggedCommitDto? _latest;
    private BlameGutter? _gutter;
    private string? _blameNote;
    private OutlineDto? _outline;
    private FileLocation? _outlined;

    private async Task ShowAsync()
    {
        var place = _location;
        var isRestored = !_wasShown && Kept?.Path == place.Path;
        _wasShown = true;
        (_gutter, _blameNote, _latest) = (null, null, null);
        await TryAsync(async () =>
        {
            var item = isRestored ? Kept! : await Client.TreeAsync(Id, place.Reference, place.Path, Ended);
            if (place != _location)
                return;
            Kept = Prerendered.Keep(item.Entries, entry => entry.Name.Length + 150) is null ? null : item;
            _tree.Begin(item.Tree);
            _tree.OpenTo(place.Path, item.IsFolder);
            if (item.IsFolder)
            {
                _tree.Add(place.Path, item.Entries);
            }
            var folders = ReadFoldersAsync();
            var (text, html, readme) = await ReadContentAsync(place, item);
            await folders;
            if (place != _location)
                return;
            (Shown, _text, _html, _readme) = (item, text, html, readme.Html);
            _readmeName = readme.Name;
            if (_outlined != place)
            {
                _outline = null;
            }
        });
        if (RendererInfo.IsInteractive && _error is null && place == _location)
        {
            StateHasChanged();
            await AddDetailsAsync(place);
        }
    }

    private async Task ReadFoldersAsync()
    {
        if (_tree.Tree is not { } tree)
            return;
        var read = await Task.WhenAll(_tree.Missing.Select(ReadFolderAsync));
        if (tree == _tree.Tree)
        {
            foreach (var (path, entries) in read)
            {
                _tree.Add(path, entries);
            }
        }

        async Task<(string Path, IReadOnlyList<BrowseEntryDto> Entries)> ReadFolderAsync(string path)
        {
            if (Cache.FindFolder(Id, tree, path) is { } known)
            {
                return (path, known);
            }
            try
            {
                var entries = (await Client.TreeAsync(Id, $"tree:{tree}", path, Ended)).Entries;
                Cache.AddFolder(Id, tree, path, entries);
                return (path, entries);
            }
            catch (ApiException exception) when (exception.Status is System.Net.HttpStatusCode.NotFound)
            {
                // It was open in the tree before, and is not in this one.
                return (path, []);
            }
        }
    }

    private async Task<(CodeText? Text, string? Html, (string? Html, string? Name) Readme)> ReadContentAsync(
        FileLocation place,
        BrowseTreeDto item
    )
    {
        (_isImage, _isTooLarge) = (false, false);
        if (item.IsFolder)
        {
            return (null, null, await Readmes.ReadAsync(Id, place.Reference, item, Ended));
        }
        if (item.Kind != "file")
        {
            return default;
        }
        _isImage = ImageTypes.Contains(System.IO.Path.GetExtension(place.Path), StringComparer.OrdinalIgnoreCase);
        if (_isImage && (View != "source" || !place.Path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)))
        {
            return default;
        }
        if (item.Size > MaxTextBytes)
        {
            _isTooLarge = true;
            return default;
        }
        var text = await Readmes.ReadTextAsync(Id, item.Tree, place.Path, item.Id, Ended);
        if (text is null)
        {
            return default;
        }
        if (IsRenderedAs(place))
        {
            return (text, MarkdownRenderer.Render(text.Text, ReadmeReader.LinksOf(Id, place.Reference, place.Path)), default);
        }
        if (text.ColouredLines == 0)
        {
            await Highlighter.ColourAsync(text, FirstColours, () => { }, Ended);
        }
        return (text, null, default);
    }

    private bool IsRenderedAs(FileLocation place) =>
        MarkdownRenderer.IsMarkdown(place.Path) && string.IsNullOrEmpty(View) && place.Lines is null;

    // What takes longer, and is read once the rest is there to see.
    private async Task AddDetailsAsync(FileLocation place)
    {
        var tasks = new List<Task> { ReadLatestAsync(place) };
        if (_text is { } text && _html is null)
        {
            tasks.Add(ColourAsync(text));
            if (Blaming)
            {
                tasks.Add(ReadBlameAsync(place));
            }
            if (_symbolsShown)
            {
                tasks.Add(ReadOutlineAsync(place));
            }
        }
        await Task.WhenAll(tasks);
    }

    private Task ColourAsync(CodeText text) =>
        text.IsColoured
            ? Task.CompletedTask
            : Highlighter.ColourAsync(
                text,
                null,
                () =>
                {
                    if (ReferenceEquals(_text, text))
                    {
                        _ = InvokeAsync(StateHasChanged);
                    }
                },
                Ended
            );

    private async Task ReadLatestAsync(FileLocation place)
    {
        try
        {
            var history = await Client.HistoryAsync(Id, place.Reference, place.Path, null, 0, 1, Ended);
            if (place == _location)
            {
                _latest = history.Items.Count > 0 ? history.Items[0] : null;
                StateHasChanged();
            }
        }
        catch (ApiException)
        {
            // The file is shown without it.
        }
    }

    private async Task ReadBlameAsync(FileLocation place)
    {
        if (Shown?.Commit is not { } commit)
            return;
        try
        {
            var blame = await Client.BlameAsync(Id, commit, place.Path, Ended);
            if (place == _location)
            {
                _gutter = new(blame, Id);
                _blameNote = place.Workspace is null ? null : "Changes that are not committed move lines away from who wrote them.";
            }
        }
        catch (ApiException exception) when (place == _location)
        {
            _blameNote = exception.Detail ?? exception.Title;
        }
        StateHasChanged();
    }

    private async Task ToggleSymbolsAsync()
    {
        _symbolsShown = !_symbolsShown;
        if (_symbolsShown && _outlined != _location)
        {
            await ReadOutlineAsync(_location);
        }
    }

    private async Task ReadOutlineAsync(FileLocation place)
    {
        try
        {
            var outline = await Client.OutlineAsync(Id, place.Reference, place.Path, Ended);
            if (place == _location)
            {
                (_outline, _outlined) = (outline, place);
            }
        }
        catch (ApiException exception) when (place == _location)
        {
            (_outline, _outlined) = (new([], exception.Detail ?? exception.Title, false), place);
        }
        StateHasChanged();
    }
}
