using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Components.Shared;

namespace SwePlatform.Web.Components.Pages.Executions;

/// <summary>One execution, to its end, however the page was reached.</summary>
public sealed partial class ExecutionPage
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private readonly List<OutputPieceDto> _early = [];
    private Guid? _shown;
    private ExecutionDto? _execution;
    private ToolExecutionDto? _outcome;
    private ApiException? _error;
    private Terminal? _terminal;
    private bool _printed;
    private bool _cancelling;
    private bool _starting;

    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    [Inject]
    private ToolsClient Tools { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Id)
            return;
        (_shown, _execution, _outcome, _cancelling, _starting, _printed, _terminal) = (Id, null, null, false, false, false, null);
        _early.Clear();
        await LoadAsync();
        if (_execution is { IsUnfinished: true })
        {
            Watch(Refresh, RefreshAsync);
            if (RendererInfo.IsInteractive)
            {
                _ = ShowOutputAsync(Id);
            }
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // What came before there was a screen to show it on.
        if (_terminal is null || _early.Count == 0)
            return;
        var early = _early.ToArray();
        _early.Clear();
        foreach (var piece in early)
        {
            _terminal.Write(piece.Stream, piece.Text);
        }
    }

    private async Task ShowOutputAsync(Guid id)
    {
        try
        {
            await foreach (var piece in Client.ReadOutputAsync(id, Ended))
            {
                if (id != Id)
                    return;
                if (_terminal is not null)
                {
                    _terminal.Write(piece.Stream, piece.Text);
                    continue;
                }
                _early.Add(piece);
                _printed = true;
                StateHasChanged();
            }
            if (id == Id)
            {
                // The stream ends with the execution: there is no need to wait for the next look.
                await LoadAsync();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (Ended.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception) when (exception is ApiException or IOException or HttpRequestException)
        {
            // The page goes on looking how it stands; the result has the output too.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private async Task<bool> RefreshAsync()
    {
        await LoadAsync();
        return _execution is { IsUnfinished: true };
    }

    private async Task LoadAsync()
    {
        var id = Id;
        try
        {
            var execution = await Client.GetAsync(id, Ended);
            if (id == Id)
            {
                (_execution, _outcome, _error) = (execution, ToolExecutionDto.From(execution), null);
            }
        }
        catch (ApiException exception) when (exception.Status is HttpStatusCode.NotFound)
        {
            _execution = null;
            _error = new ApiException("There is no such execution", "It was removed, or someone else ran it.", exception.Status);
        }
        catch (ApiException exception)
        {
            // What was known stays, and is asked for again.
            _error = exception;
        }
    }

    private async Task CancelAsync()
    {
        _cancelling = true;
        try
        {
            await Client.CancelAsync(Id, Ended);
            await LoadAsync();
        }
        catch (ApiException exception)
        {
            (_error, _cancelling) = (exception, false);
        }
    }

    // The same call: in the same workspace as it is now, or on the commit that was read.
    private async Task RunAgainAsync()
    {
        if (_execution is not { } execution)
            return;
        _starting = true;
        try
        {
            var reference = execution.Workspace is null ? execution.Commit : null;
            var arguments = JsonObject.Create(execution.Arguments) ?? [];
            var started = await Tools.StartAsync(new(execution.ToolName, execution.ProjectId, reference, execution.Workspace, arguments));
            if ((started.ExecutionId ?? started.Id) is { } id)
            {
                Navigation.NavigateTo($"/executions/{id}");
            }
        }
        catch (ApiException exception)
        {
            (_error, _starting) = (exception, false);
        }
    }
}
