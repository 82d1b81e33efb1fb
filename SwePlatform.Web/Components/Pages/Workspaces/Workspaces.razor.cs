using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Workspaces;

public sealed partial class Workspaces
{
    private const int DefaultLimit = 50;

    private ApiException? _error;

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery]
    private int? Skip { get; set; }

    [SupplyParameterFromQuery]
    private int? Limit { get; set; }

    /// <summary>Kept from prerendering, so that it is not fetched twice.</summary>
    [PersistentState]
    public ProjectDto? Project { get; set; }

    [PersistentState]
    public PageDto<WorkspaceDto>? List { get; set; }

    [Inject]
    private WorkspacesClient Client { get; set; } = default!;

    [Inject]
    private ProjectsClient Projects { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private int PageStart => Math.Max(0, Skip ?? 0);

    private int PageSize => Math.Clamp(Limit ?? DefaultLimit, 1, 500);

    protected override async Task OnParametersSetAsync()
    {
        if (Project?.Id != Id || List is null || List.Skip != PageStart || List.Limit != PageSize)
        {
            await TryAsync(LoadAsync);
        }
    }

    private async Task LoadAsync()
    {
        if (Project?.Id != Id)
        {
            Project = await Projects.GetAsync(Id, Ended);
        }
        List = await Client.ListAsync(Id, PageStart, PageSize, Ended);
    }

    private async Task AddAsync()
    {
        var parameters = new DialogParameters<AddWorkspaceDialog> { { dialog => dialog.ProjectId, Id } };
        var dialog = await Dialogs.ShowAsync<AddWorkspaceDialog>("Add workspace", parameters);
        if (await dialog.Result is { Canceled: false })
        {
            await TryAsync(LoadAsync);
        }
    }

    private async Task DeleteAsync(WorkspaceDto workspace)
    {
        if (await WorkspaceDeletion.AskAsync(Dialogs, workspace.Name))
        {
            await TryAsync(async () =>
            {
                await Client.DeleteAsync(Id, workspace.Name, Ended);
                await LoadAsync();
            });
        }
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
                    ? new ApiException(
                        "There is no such project or workspace",
                        "It was deleted, or it belongs to somebody else.",
                        exception.Status
                    )
                    : exception;
        }
    }
}
