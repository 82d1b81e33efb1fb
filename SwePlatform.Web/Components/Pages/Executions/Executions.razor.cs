using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Executions;

/// <summary>The workbench of runs: its filters are in the address, and what is shown stays up to date.</summary>
public sealed partial class Executions
{
    private const int Buckets = 60;
    private static readonly string[] Outcomes =
    [
        "failed,error,timed_out",
        "queued,running",
        "passed",
        "failed",
        "error",
        "timed_out",
        "cancelled",
    ];
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ProjectDto> _projects = [];
    private ExecutionActivityDto? _activity;

    [SupplyParameterFromQuery]
    private string? Tool { get; set; }

    [SupplyParameterFromQuery]
    private string? Outcome { get; set; }

    [SupplyParameterFromQuery]
    private string? ProjectId { get; set; }

    [SupplyParameterFromQuery]
    private string? UserId { get; set; }

    [SupplyParameterFromQuery]
    private string? Workspace { get; set; }

    [SupplyParameterFromQuery]
    private string? Range { get; set; }

    [Inject]
    private ExecutionsClient Client { get; set; } = default!;

    [Inject]
    private ProjectsClient Projects { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private bool Filtered => new[] { Tool, Outcome, ProjectId, UserId, Workspace, Range }.Any(value => !string.IsNullOrEmpty(value));

    private string UserName => List is { Items: [{ User.DisplayName: { } name }, ..] } ? name : "one user";

    private string CsvAddress => $"/executions/export{Query.ToQuery()}";

    private ExecutionQuery Query =>
        new(
            Tool,
            Guid.TryParse(ProjectId, out var project) ? project : null,
            Guid.TryParse(UserId, out var user) ? user : null,
            Workspace,
            Outcome,
            TimeRanges.Start(Range, Time.GetUtcNow())
        );

    protected override async Task<PageDto<ExecutionSummaryDto>> ReadAsync(int skip, int limit)
    {
        var query = Query;
        var activity = Client.CountAsync(query, Buckets, Ended);
        var list = await Client.ListAsync(query, skip, limit, Ended);
        _activity = await activity;
        return list;
    }

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        if (!RendererInfo.IsInteractive)
            return;
        Watch(
            Refresh,
            async () =>
            {
                // Who reads an older page is not to have it move.
                if (Skip is null or 0)
                {
                    await ReloadAsync();
                }
                return true;
            }
        );
        if (_projects.Count == 0 || _activity is null)
        {
            await LoadChoicesAsync();
        }
    }

    private async Task LoadChoicesAsync()
    {
        try
        {
            _activity ??= await Client.CountAsync(Query, Buckets, Ended);
            _projects = (await Projects.ListAsync(0, 500, Ended)).Items;
        }
        catch (ApiException)
        {
            // The list says that the API is unavailable; without this there is one thing less to choose from.
        }
    }

    private Task CancelAsync(ExecutionSummaryDto execution) => ChangeAsync(() => Client.CancelAsync(execution.Id, Ended));

    private static string OutcomeWords(string? outcomes) =>
        outcomes switch
        {
            "failed,error,timed_out" => "not passed",
            "queued,running" => "not ended",
            _ => outcomes?.Replace('_', ' ') ?? "",
        };

    private string ProjectName(string? id) => _projects.FirstOrDefault(project => project.Id.ToString() == id)?.Name ?? id ?? "";

    private string Without(string name) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = null, ["skip"] = null });

    // Another filter starts at the first page.
    private void Apply(string name, string? value) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?> { [name] = string.IsNullOrWhiteSpace(value) ? null : value.Trim(), ["skip"] = null }
            )
        );
}
