using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects;

public sealed partial class Projects
{
    private const int DefaultLimit = 50;
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private ApiException? _error;

    [SupplyParameterFromQuery]
    private int? Skip { get; set; }

    [SupplyParameterFromQuery]
    private int? Limit { get; set; }

    /// <summary>Kept from prerendering, so that the list is not fetched twice.</summary>
    [PersistentState]
    public PageDto<ProjectDto>? List { get; set; }

    [Inject]
    private ProjectsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private int PageStart => Math.Max(0, Skip ?? 0);

    private int PageSize => Math.Clamp(Limit ?? DefaultLimit, 1, 500);

    protected override async Task OnParametersSetAsync()
    {
        if (List is null || List.Skip != PageStart || List.Limit != PageSize)
        {
            await LoadAsync();
        }
        WatchBusy();
    }

    private void WatchBusy()
    {
        if (List?.Items.Any(project => project.IsBusy) == true)
        {
            Watch(
                RefreshInterval,
                async () =>
                {
                    await LoadAsync();
                    return List?.Items.Any(project => project.IsBusy) == true;
                }
            );
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            List = await Client.ListAsync(PageStart, PageSize, Ended);
            _error = null;
        }
        catch (ApiException exception)
        {
            _error = exception; // What was shown stays, with the reason why it is not new.
        }
    }

    private async Task AddAsync()
    {
        var dialog = await Dialogs.ShowAsync<AddProjectDialog>("Add project");
        if (await dialog.Result is { Canceled: false })
        {
            await ReloadAsync();
        }
    }

    private Task SyncAsync(ProjectDto project) => ChangeAsync(() => Client.SyncAsync(project.Id, Ended));

    private async Task DeleteAsync(ProjectDto project)
    {
        if (await DeleteConfirmation.AskAsync(Dialogs, project))
        {
            await ChangeAsync(() => Client.DeleteAsync(project.Id, Ended));
        }
    }

    private async Task ChangeAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (ApiException exception)
        {
            Snackbar.Add(exception.Message, Severity.Error);
        }
        await ReloadAsync();
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        WatchBusy();
    }
}
