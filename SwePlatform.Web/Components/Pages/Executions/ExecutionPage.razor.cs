using System.Net;
using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Executions;

/// <summary>One execution, to its end, however the page was reached.</summary>
public sealed partial class ExecutionPage
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private Guid? _shown;
    private ExecutionDto? _execution;
    private ToolExecutionDto? _outcome;
    private ApiException? _error;
    private bool _cancelling;

    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Id)
            return;
        (_shown, _execution, _outcome, _cancelling) = (Id, null, null, false);
        await LoadAsync();
        if (_execution is { IsUnfinished: true })
        {
            Watch(Refresh, RefreshAsync);
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
}
