using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using SwePlatform.Web.Highlighting;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Pages.Projects.Files;

public sealed partial class CodeView : IAsyncDisposable
{
    private const int RowHeight = 20;
    private const int FirstRows = 80;

    private ElementReference _element;
    private ElementReference _findField;
    private IJSObjectReference? _module;
    private int[] _numbers = [];
    private CodeText? _shown;
    private LineRange? _revealed;
    private bool _finding;
    private bool _focusFind;
    private string _wanted = "";
    private SortedList<int, IReadOnlyList<Range>> _found = [];
    private int _current;

    [Parameter, EditorRequired]
    public CodeText Text { get; set; } = default!;

    /// <summary>The address of the file, without lines.</summary>
    [Parameter, EditorRequired]
    public required string Address { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter]
    public LineRange? Lines { get; set; }

    [Parameter]
    public BlameGutter? Blame { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    private int Digits => Text.LineCount.ToString(CultureInfo.InvariantCulture).Length;

    private string FindStatus =>
        _wanted.Length == 0 ? ""
        : _found.Count == 0 ? "No match"
        : $"{_current + 1} of {_found.Count}{(_found.Count == TextFinder.MaxLines ? "+" : "")} lines";

    /// <summary>Opens the search, or goes to its field.</summary>
    public void OpenFind()
    {
        (_finding, _focusFind) = (true, true);
        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its modules with it.
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, Text))
        {
            return;
        }
        _shown = Text;
        _revealed = null;
        _numbers = [.. Enumerable.Range(0, Text.LineCount)];
        (_found, _current) = (TextFinder.Find(Text, _finding ? _wanted : ""), 0);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusFind)
        {
            _focusFind = false;
            await _findField.FocusAsync();
        }
        if (Lines is { } lines && Lines != _revealed)
        {
            _revealed = Lines;
            await RevealAsync(lines.First);
        }
    }

    private async Task RevealAsync(int line)
    {
        _module ??= await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets[PageAssets.CodeScript]}");
        await _module.InvokeVoidAsync("reveal", _element, line, RowHeight);
    }

    private async Task FindAsync(ChangeEventArgs change)
    {
        _wanted = change.Value as string ?? "";
        _found = TextFinder.Find(Text, _wanted);
        _current = 0;
        if (_found.Count > 0)
        {
            await RevealAsync(_found.Keys[0] + 1);
        }
    }

    private Task NextAsync() => StepAsync(1);

    private async Task StepAsync(int step)
    {
        if (_found.Count > 0)
        {
            _current = (_current + step + _found.Count) % _found.Count;
            await RevealAsync(_found.Keys[_current] + 1);
        }
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            await CloseFindAsync();
        }
        else if (key is { Key: "Enter", ShiftKey: true })
        {
            await StepAsync(-2);
        }
    }

    private async Task CloseFindAsync()
    {
        (_finding, _wanted, _found) = (false, "", []);
        await _element.FocusAsync(preventScroll: true);
    }

    private RenderFragment Row(int index) => builder => BuildRow(builder, index);

    // By hand: three frames a line instead of one for each of its words.
    private void BuildRow(RenderTreeBuilder builder, int index)
    {
        var number = index + 1;
        var marked = Lines is { } lines && lines.Contains(number);
        var found = _found.GetValueOrDefault(index);
        builder.OpenElement(0, "div");
        builder.AddAttribute(
            1,
            "class",
            marked ? "row marked"
                : found is not null && _found.IndexOfKey(index) == _current ? "row found"
                : "row"
        );
        if (Blame is not null)
        {
            builder.AddMarkupContent(2, Blame.Cell(number));
        }
        builder.OpenElement(3, "a");
        builder.AddAttribute(4, "class", "ln");
        builder.AddAttribute(5, "href", string.Create(CultureInfo.InvariantCulture, $"{Address}#L{number}"));
        builder.AddAttribute(6, "data-line", number);
        builder.AddAttribute(7, "aria-label", string.Create(CultureInfo.InvariantCulture, $"Line {number}"));
        builder.AddAttribute(8, "tabindex", "-1");
        builder.CloseElement();
        builder.OpenElement(9, "code");
        builder.AddMarkupContent(10, CodeMarkup.Line(Text.Line(index), Text.Tokens(index), found));
        builder.CloseElement();
        builder.CloseElement();
    }
}
