using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Executions;

public sealed partial class Executions
{
    private static readonly string[] Statuses = ["queued", "running", "succeeded", "failed", "timed_out", "cancelled"];

    [SupplyParameterFromQuery]
    private string? ToolName { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    private bool Filtered => !string.IsNullOrEmpty(ToolName) || !string.IsNullOrEmpty(Status);

    protected override Task<PageDto<ExecutionSummaryDto>> ReadAsync(int skip, int limit) =>
        Client.ListAsync(ToolName, Status, skip, limit, Ended);

    // Another filter starts at the first page.
    private void Apply(string name, string? value) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?> { [name] = string.IsNullOrWhiteSpace(value) ? null : value.Trim(), ["skip"] = null }
            )
        );
}
