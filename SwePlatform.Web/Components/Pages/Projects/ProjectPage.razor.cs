using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Pages.Projects;

public sealed partial class ProjectPage
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private ApiException? _error;

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Kept from prerendering, so that it is not fetched twice.</summary>
    [PersistentState]
    public ProjectDto? Shown { get; set; }

    [PersistentState]
    public IReadOnlyList<ToolSummaryDto>? KeptTools { get; set; }

    private IReadOnlyList<ToolSummaryDto>? ToolList { get; set; }

    [Inject]
    private ProjectsClient Client { get; set; } = default!;

    [Inject]
    private ToolsClient Tools { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        ToolList ??= KeptTools;
        if (Shown?.Id != Id || ToolList is null)
        {
            Shown = Shown?.Id == Id ? Shown : null;
            await TryAsync(async () =>
            {
                Shown ??= await Client.GetAsync(Id, Ended);
                ToolList ??= [.. (await Tools.ListAsync(Ended)).Where(tool => tool.NeedsProject)];
                KeptTools = Prerendered.Keep(ToolList, tool => tool.Name.Length + tool.Title.Length + tool.Description.Length + 200);
            });
        }
        WatchBusy();
    }

    private void WatchBusy()
    {
        if (Shown?.IsBusy == true)
        {
            Watch(
                RefreshInterval,
                async () =>
                {
                    await TryAsync(async () => Shown = await Client.GetAsync(Id, Ended));
                    return Shown?.IsBusy == true;
                }
            );
        }
    }

    private async Task SyncAsync()
    {
        await TryAsync(async () => Shown = await Client.SyncAsync(Id, Ended));
        WatchBusy();
    }

    private async Task DeleteAsync()
    {
        if (!await DeleteConfirmation.AskAsync(Dialogs, Shown!))
            return;
        await TryAsync(async () =>
        {
            await Client.DeleteAsync(Id, Ended);
            Navigation.NavigateTo("/projects");
        });
    }

    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            _error = null;
        }
        catch (ApiException exception)
        {
            _error =
                exception.Status is HttpStatusCode.NotFound
                    ? new ApiException("There is no such project", "It was deleted, or it belongs to someone else.", exception.Status)
                    : exception;
        }
    }
}
