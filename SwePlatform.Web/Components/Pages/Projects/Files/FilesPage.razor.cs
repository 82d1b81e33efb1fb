using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Highlighting;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

/// <summary>Looking around in a project: a tree that stays open at the left, and beside it a folder or file.</summary>
public sealed partial class FilesPage : IAsyncDisposable
{
    private const string DefaultReference = "HEAD";

    private readonly FileTreeModel _tree = new();
    private FileLocation _location = new(Guid.Empty, DefaultReference, "");
    private ElementReference _element;
    private IJSObjectReference? _module;
    private DotNetObjectReference<FilesPage>? _self;
    private CodeView? _code;
    private ApiException? _error;
    private string? _shownAddress;
    private bool _treeToggled;

    [Parameter]
    public Guid Id { get; set; }

    [Parameter]
    public string? Reference { get; set; }

    [Parameter]
    public string? Path { get; set; }

    /// <summary>"blame" shows who changed what, "source" the source of a document that is rendered otherwise.</summary>
    [SupplyParameterFromQuery]
    private string? View { get; set; }

    /// <summary>Kept from prerendering, so that it is not fetched twice; null if it is too long for that.</summary>
    [PersistentState]
    public BrowseTreeDto? Kept { get; set; }

    [Inject]
    private BrowseClient Client { get; set; } = default!;

    [Inject]
    private CodeCache Cache { get; set; } = default!;

    [Inject]
    private ReadmeReader Readmes { get; set; } = default!;

    [Inject]
    private CodeHighlighter Highlighter { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    private BrowseTreeDto? Shown { get; set; }

    private string Title => _location.Path.Length == 0 ? "Files" : _location.Name;

    private string PlainAddress =>
        FileLocation.For(Id, _location.Reference, _location.Path) + (string.IsNullOrEmpty(View) ? "" : $"?view={View}");

    private bool Blaming => View == "blame";

    private bool CanBlame => _text is not null && Shown?.Commit is not null;

    private bool IsMarkdown => Shown is { Kind: "file" } && MarkdownRenderer.IsMarkdown(_location.Path);

    private bool IsRendered => IsMarkdown && string.IsNullOrEmpty(View) && _location.Lines is null;

    protected override async Task OnParametersSetAsync()
    {
        if (Navigation.Uri == _shownAddress)
            return;
        var before = _location;
        var view = _shownView;
        _shownAddress = Navigation.Uri;
        _location = FileLocation.Parse(new Uri(Navigation.Uri)) ?? new(Id, DefaultReference, "");
        _shownView = View;
        // Another line of the same file: nothing is to be read, unless it is rendered without lines.
        var isSame = (_location with { Lines = null }) == (before with { Lines = null }) && view == View;
        if (!isSame || Shown is null || _html is not null != IsRendered)
        {
            await ShowAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets[PageAssets.CodeScript]}");
        _self = DotNetObjectReference.Create(this);
        await _module.InvokeVoidAsync("listen", _element, _self);
        // What only the browser knows of the address, such as a heading of a document.
        await _module.InvokeVoidAsync("revealAnchor");
    }

    /// <summary>A key that the page knows was pressed outside of any field.</summary>
    [JSInvokable]
    public async Task PressAsync(string key)
    {
        switch (key)
        {
            case "y" when Shown?.Commit is { } commit && _location.Workspace is null:
                Navigation.NavigateTo((_location with { Reference = commit }).Address, replace: true);
                break;
            case "f":
                _code?.OpenFind();
                break;
            case "s" when _text is not null:
                await ToggleSymbolsAsync();
                break;
        }
        StateHasChanged();
    }

    /// <summary>Other lines of the file are in the address; zeros for none.</summary>
    [JSInvokable]
    public async Task SelectLines(int first, int last)
    {
        _location = _location with { Lines = first > 0 ? new(first, Math.Max(first, last)) : null };
        if (_html is not null != IsRendered)
        {
            await ShowAsync();
        }
        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("stop");
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its modules with it.
        }
        _self?.Dispose();
        Dispose();
    }

    private async Task ToggleAsync(string folder)
    {
        _tree.Toggle(folder);
        await TryAsync(ReadFoldersAsync);
    }

    private async Task TryAsync(Func<Task> call)
    {
        var place = _location;
        try
        {
            await call();
            _error = null;
        }
        catch (ApiException exception) when (place == _location)
        {
            _error = exception.Status is HttpStatusCode.NotFound ? await ExplainAsync(place, exception) : exception;
        }
        catch (ApiException)
        {
            // Of a place that is left already.
        }
    }

    private async Task<ApiException> ExplainAsync(FileLocation place, ApiException exception)
    {
        Shown = null;
        // The tree may be there although the file is not.
        if (place.Path.Length > 0 && _tree.Tree is null)
        {
            try
            {
                var root = await Client.TreeAsync(Id, place.Reference, "", Ended);
                _tree.Begin(root.Tree);
                _tree.Add("", root.Entries);
            }
            catch (ApiException)
            {
                // Then the ref is what is missing.
            }
        }
        return _tree.Tree is null || place.Path.Length == 0
            ? new ApiException("Not found", exception.Detail, exception.Status)
            : new ApiException("Not found", $"There is nothing at “{place.Path}” in {place.ShortReference}.", exception.Status);
    }
}
