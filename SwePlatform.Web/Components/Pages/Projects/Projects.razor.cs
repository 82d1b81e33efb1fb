using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects;

public sealed partial class Projects
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    [Inject]
    private ProjectsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private bool IsBusy => List?.Items.Any(project => project.IsBusy) == true;

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        WatchBusy();
    }

    protected override Task<PageDto<ProjectDto>> ReadAsync(int skip, int limit) => Client.ListAsync(skip, limit, Ended);

    private void WatchBusy()
    {
        if (IsBusy)
        {
            Watch(
                RefreshInterval,
                async () =>
                {
                    await ReloadAsync();
                    return IsBusy;
                }
            );
        }
    }

    private async Task ShowChangeAsync()
    {
        await ReloadAsync();
        WatchBusy();
    }

    private async Task AddAsync()
    {
        var dialog = await Dialogs.ShowAsync<AddProjectDialog>("Add project");
        if (await dialog.Result is { Canceled: false })
        {
            await ShowChangeAsync();
        }
    }

    private Task SyncAsync(ProjectDto project) => TryChangeAsync(() => Client.SyncAsync(project.Id, Ended));

    private async Task DeleteAsync(ProjectDto project)
    {
        if (await DeleteConfirmation.AskAsync(Dialogs, project))
        {
            await TryChangeAsync(() => Client.DeleteAsync(project.Id, Ended));
        }
    }

    private async Task TryChangeAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (ApiException exception)
        {
            Snackbar.Add(exception.Message, Severity.Error);
        }
        await ShowChangeAsync();
    }
}
