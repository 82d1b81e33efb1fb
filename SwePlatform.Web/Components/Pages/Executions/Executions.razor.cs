using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Executions;

public sealed partial class Executions
{
    private static readonly string[] Outcomes = ["queued", "running", "passed", "failed", "error", "timed_out", "cancelled"];
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    [SupplyParameterFromQuery]
    private string? ToolName { get; set; }

    [SupplyParameterFromQuery]
    private string? Outcome { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    private bool Filtered => !string.IsNullOrEmpty(ToolName) || !string.IsNullOrEmpty(Outcome);

    protected override Task<PageDto<ExecutionSummaryDto>> ReadAsync(int skip, int limit) =>
        Client.ListAsync(ToolName, Outcome, skip, limit, Ended);

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        // What runs is shown to its end.
        if (IsUnfinished)
        {
            Watch(
                Refresh,
                async () =>
                {
                    await ReloadAsync();
                    return IsUnfinished;
                }
            );
        }
    }

    private bool IsUnfinished => List?.Items.Any(execution => execution.IsUnfinished) == true;

    private Task CancelAsync(ExecutionSummaryDto execution) => ChangeAsync(() => Client.CancelAsync(execution.Id, Ended));

    // Another filter starts at the first page.
    private void Apply(string name, string? value) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?> { [name] = string.IsNullOrWhiteSpace(value) ? null : value.Trim(), ["skip"] = null }
            )
        );
}
