using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools.Imports;

public sealed partial class ImportPage
{
    private ApiException? _error;
    private ImportRefreshDto? _refreshed;

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Kept from prerendering, so that it is not fetched twice.</summary>
    [PersistentState]
    public ToolImportDto? Import { get; set; }

    [Inject]
    private ImportsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (Import?.Id != Id)
        {
            (Import, _refreshed) = (null, null);
            await TryAsync(LoadAsync);
        }
    }

    private async Task LoadAsync() => Import = await Client.GetAsync(Id, Ended);

    private async Task RefreshAsync()
    {
        var parameters = new DialogParameters<RefreshImportDialog> { { dialog => dialog.Import, Import } };
        var shown = await Dialogs.ShowAsync<RefreshImportDialog>($"Refresh {Import!.Name}", parameters);
        if (await shown.Result is { Canceled: false, Data: ImportRefreshDto refreshed })
        {
            _refreshed = refreshed;
            await TryAsync(LoadAsync);
        }
    }

    private async Task ChangeAsync()
    {
        var parameters = new DialogParameters<ChangeImportDialog> { { dialog => dialog.Import, Import } };
        var shown = await Dialogs.ShowAsync<ChangeImportDialog>($"Change {Import!.Name}", parameters);
        if (await shown.Result is { Canceled: false })
        {
            await TryAsync(LoadAsync);
        }
    }

    private async Task DeleteAsync()
    {
        if (
            await Dialogs.ShowMessageBoxAsync(
                $"Delete {Import!.Name}?",
                $"Its {Import.Tools} will be gone for all who have them. The API itself is not touched.",
                yesText: "Delete",
                cancelText: "Cancel"
            ) == true
        )
        {
            await TryAsync(async () =>
            {
                await Client.DeleteAsync(Id, Ended);
                Navigation.NavigateTo("/tools/imports");
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
                    ? new ApiException("There is no such imported API", "It was deleted, or someone else imported it.", exception.Status)
                    : exception;
        }
    }
}
