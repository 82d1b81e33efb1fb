using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Workspaces;

public sealed partial class Workspaces
{
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private WorkspacesClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    protected override Task<PageDto<WorkspaceDto>> ReadAsync(int skip, int limit) => Client.ListAsync(Id, skip, limit, Ended);

    protected override ApiException Explain(ApiException exception) =>
        exception.Status is HttpStatusCode.NotFound
            ? new ApiException("There is no such project or workspace", "It was deleted, or it belongs to someone else.", exception.Status)
            : exception;

    private async Task AddAsync()
    {
        var parameters = new DialogParameters<AddWorkspaceDialog> { { dialog => dialog.ProjectId, Id } };
        var dialog = await Dialogs.ShowAsync<AddWorkspaceDialog>("Add workspace", parameters);
        if (await dialog.Result is { Canceled: false })
        {
            await ReloadAsync();
        }
    }

    private async Task DeleteAsync(WorkspaceDto workspace)
    {
        if (await WorkspaceDeletion.AskAsync(Dialogs, workspace.Name))
        {
            await ChangeAsync(() => Client.DeleteAsync(Id, workspace.Name, Ended));
        }
    }
}
