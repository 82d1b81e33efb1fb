using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools;

public sealed partial class ToolPage
{
    private CancellationTokenSource? _run;
    private ToolExecutionDto? _execution;
    private Guid? _executedOn;
    private string? _executedAt;

    private bool Running => _run is not null;

    protected override void Dispose(bool disposing)
    {
        Cancel();
        base.Dispose(disposing);
    }

    private void Cancel()
    {
        _run?.Cancel();
        _run = null;
    }

    private async Task ExecuteAsync()
    {
        Cancel();
        _error = null;
        var arguments = _values!.ToJson(out _fieldErrors);
        if (_fieldErrors.Count > 0)
            return;

        using var run = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        _run = run;
        try
        {
            StateHasChanged();
            var request = new ToolRequestDto(Name, _projectId, Trimmed(_gitRef), Trimmed(_workspace), arguments);
            var execution = await Tools.ExecuteAsync(request, run.Token);
            if (_run == run)
            {
                (_execution, _executedOn, _executedAt) = (execution, request.ProjectId, request.Ref);
            }
        }
        catch (OperationCanceledException) when (run.IsCancellationRequested)
        {
            // By the user, by the next run, or because the page is gone.
        }
        catch (ApiException exception) when (_run == run)
        {
            _execution = null;
            ShowError(exception);
        }
        finally
        {
            if (_run == run)
            {
                _run = null;
            }
        }
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
