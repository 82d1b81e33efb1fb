using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Home;

/// <summary>What is going on, at a glance; it stays up to date while it is open.</summary>
public sealed partial class Home
{
    private const int Rows = 8;
    private const string NotPassed = "failed,error,timed_out";
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private Report? _report;
    private ApiException? _error;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private ExecutionsClient Executions { get; set; } = default!;

    [Inject]
    private ProjectsClient Projects { get; set; } = default!;

    [Inject]
    private PerformanceClient Performance { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private sealed record Report(
        Guid Me,
        PageDto<ExecutionSummaryDto> Running,
        PageDto<ExecutionSummaryDto> Failed,
        PageDto<ExecutionSummaryDto> Recent,
        PageDto<ProjectDto> Projects,
        IReadOnlyDictionary<Guid, ExecutionSummaryDto> Tests,
        PerformanceSummaryDto? Health
    );

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        Watch(
            Refresh,
            async () =>
            {
                await LoadAsync();
                return true;
            }
        );
    }

    private async Task LoadAsync()
    {
        try
        {
            _report = await ReadAsync();
            _error = null;
        }
        catch (ApiException exception)
        {
            // What was known stays.
            _error = exception;
        }
    }

    private async Task<Report> ReadAsync()
    {
        var user = (await Authentication).User;
        var me = Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!);
        var running = Executions.ListAsync(new(Outcome: "queued,running"), 0, Rows, Ended);
        var failed = Executions.ListAsync(new(Outcome: NotPassed, From: Time.GetUtcNow() - Day), 0, Rows, Ended);
        var recent = Executions.ListAsync(new(UserId: me), 0, Rows, Ended);
        var tests = Executions.ListAsync(new(ToolPrefix: "project.test", Outcome: $"passed,{NotPassed}"), 0, 100, Ended);
        var projects = Projects.ListAsync(0, Rows, Ended);
        var health = ReadHealthAsync();
        await Task.WhenAll(running, failed, recent, tests, projects, health);
        var newest = (await tests)
            .Items.Where(test => test.ProjectId is not null)
            .DistinctBy(test => test.ProjectId)
            .ToDictionary(test => test.ProjectId!.Value);
        return new(me, await running, await failed, await recent, await projects, newest, await health);
    }

    private async Task<PerformanceSummaryDto?> ReadHealthAsync()
    {
        try
        {
            return await Performance.SummarizeAsync("1h", Ended);
        }
        catch (ApiException exception) when (!exception.IsOutage)
        {
            return null;
        }
    }
}
