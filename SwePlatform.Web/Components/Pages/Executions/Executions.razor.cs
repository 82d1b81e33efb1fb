using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Executions;

public sealed partial class Executions
{
    private const int DefaultLimit = 50;
    private static readonly string[] Statuses = ["queued", "running", "succeeded", "failed", "timed_out", "cancelled"];

    private ApiException? _error;
    private string? _shownAddress;

    [SupplyParameterFromQuery]
    private string? ToolName { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [SupplyParameterFromQuery]
    private int? Skip { get; set; }

    [SupplyParameterFromQuery]
    private int? Limit { get; set; }

    /// <summary>Kept from prerendering, so that the list is not fetched twice.</summary>
    [PersistentState]
    public PageDto<ExecutionSummaryDto>? List { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private bool Filtered => !string.IsNullOrEmpty(ToolName) || !string.IsNullOrEmpty(Status);

    protected override async Task OnParametersSetAsync()
    {
        var isRestored = _shownAddress is null && List is not null;
        if (Navigation.Uri == _shownAddress)
            return;
        _shownAddress = Navigation.Uri;
        if (isRestored)
            return;
        try
        {
            List = await Client.ListAsync(ToolName, Status, Math.Max(0, Skip ?? 0), Math.Clamp(Limit ?? DefaultLimit, 1, 500), Ended);
            _error = null;
        }
        catch (ApiException exception)
        {
            _error = exception;
        }
    }

    // Another filter starts at the first page.
    private void Apply(string name, string? value) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?> { [name] = string.IsNullOrWhiteSpace(value) ? null : value.Trim(), ["skip"] = null }
            )
        );
}
