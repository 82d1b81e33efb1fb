using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools;

public sealed partial class ToolPage
{
    private CancellationTokenSource? _following;
    private Guid? _runId;
    private bool _cancelRequested;
    private ToolExecutionDto? _execution;
    private Guid? _executedOn;
    private string? _executedAt;
    private string? _executedIn;

    private bool Running => _following is not null;

    // The run goes on: only Cancel ends it.
    protected override void Dispose(bool disposing)
    {
        StopFollowing();
        base.Dispose(disposing);
    }

    private void StopFollowing()
    {
        _following?.Cancel();
        (_following, _runId, _cancelRequested) = (null, null, false);
    }

    private async Task CancelAsync()
    {
        _cancelRequested = true;
        if (_runId is { } id)
        {
            await RequestCancelAsync(id);
        }
    }

    private async Task RequestCancelAsync(Guid id)
    {
        try
        {
            await Executions.CancelAsync(id, CancellationToken.None);
        }
        catch (ApiException exception)
        {
            _cancelRequested = false;
            ShowError(exception);
        }
    }

    private async Task ExecuteAsync()
    {
        StopFollowing();
        _error = null;
        var arguments = _values!.ToJson(out _fieldErrors);
        if (_fieldErrors.Count > 0)
            return;

        using var following = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        _following = following;
        try
        {
            StateHasChanged();
            var request = new ToolRequestDto(Name, _projectId, Trimmed(_gitRef), Trimmed(_workspace), arguments);
            var execution = await FollowAsync(await Tools.StartAsync(request), following);
            if (_following == following)
            {
                (_execution, _executedOn, _executedAt, _executedIn) = (execution, request.ProjectId, request.Ref, request.Workspace);
            }
        }
        catch (OperationCanceledException) when (following.IsCancellationRequested)
        {
            // The next run is followed instead, or the page is gone.
        }
        catch (ApiException exception)
        {
            if (_following == following)
            {
                _execution = null;
                ShowError(exception);
            }
        }
        finally
        {
            if (_following == following)
            {
                StopFollowing();
            }
        }
    }

    private async Task<ToolExecutionDto> FollowAsync(ToolExecutionDto started, CancellationTokenSource following)
    {
        following.Token.ThrowIfCancellationRequested();
        if (started is not { IsUnfinished: true, Id: { } id })
            return started.ExecutionId is null && started.Id is { } ended
                ? ToolExecutionDto.From(await Executions.GetAsync(ended, following.Token))
                : started;

        _runId = id;
        StateHasChanged();
        if (_cancelRequested)
        {
            await RequestCancelAsync(id);
        }
        return ToolExecutionDto.From(await Executions.FollowAsync(id, following.Token));
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    // "arguments.include[0]" belongs to the field "include"; what belongs to no field is shown above the form.
    private void ShowError(ApiException exception)
    {
        var unplaced = new Dictionary<string, string[]>();
        foreach (var (path, messages) in exception.Errors)
        {
            var name = path.StartsWith("arguments.", StringComparison.OrdinalIgnoreCase) ? path["arguments.".Length..] : path;
            name = name.Split('.', '[', '/')[0];
            if (
                name.Equals("projectId", StringComparison.OrdinalIgnoreCase)
                || name.Equals("ref", StringComparison.OrdinalIgnoreCase)
                || name.Equals("workspace", StringComparison.OrdinalIgnoreCase)
                || _arguments.Any(argument => argument.Name == name)
            )
            {
                _fieldErrors[name] = string.Join(' ', messages);
            }
            else
            {
                unplaced[path] = messages;
            }
        }
        if (_fieldErrors.Count == 0 || unplaced.Count > 0)
        {
            _error = new ApiException(exception.Title, exception.Detail, exception.Status, unplaced, exception.TraceId, inner: exception);
        }
    }
}
