using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Pages.Settings;

public sealed partial class Settings
{
    private const int DefaultLimit = 50;

    private ApiException? _error;

    [SupplyParameterFromQuery]
    private int? Skip { get; set; }

    [SupplyParameterFromQuery]
    private int? Limit { get; set; }

    [PersistentState]
    public PageDto<SettingDto>? Kept { get; set; }

    /// <summary>The API keeps the list to administrators, and this user is none.</summary>
    [PersistentState]
    public bool AdminsOnly { get; set; }

    private PageDto<SettingDto>? List { get; set; }

    [Inject]
    private SettingsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private int PageStart => Math.Max(0, Skip ?? 0);

    private int PageSize => Math.Clamp(Limit ?? DefaultLimit, 1, 500);

    protected override async Task OnParametersSetAsync()
    {
        List ??= Kept;
        if (!AdminsOnly && (List is null || List.Skip != PageStart || List.Limit != PageSize))
        {
            await TryAsync(LoadAsync);
        }
    }

    private async Task LoadAsync()
    {
        List = await Client.ListAsync(PageStart, PageSize, Ended);
        Kept = Prerendered.Keep(List.Items, setting => setting.Value.GetRawText().Length + 200) is null ? null : List;
    }

    private async Task EditAsync(SettingDto? setting)
    {
        var parameters = new DialogParameters<SettingDialog> { { dialog => dialog.Setting, setting } };
        var shown = await Dialogs.ShowAsync<SettingDialog>(setting is null ? "Add setting" : "Change setting", parameters);
        if (await shown.Result is { Canceled: false })
        {
            await TryAsync(LoadAsync);
        }
    }

    private async Task DeleteAsync(SettingDto setting)
    {
        if (
            await Dialogs.ShowMessageBoxAsync(
                $"Delete {setting.Key}?",
                "Whoever reads it finds nothing from then on.",
                yesText: "Delete",
                cancelText: "Cancel"
            ) == true
        )
        {
            await TryAsync(async () =>
            {
                await Client.DeleteAsync(setting.Key, Ended);
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
            AdminsOnly = exception.Status is HttpStatusCode.Forbidden && List is null;
            _error = AdminsOnly ? null : exception;
        }
    }
}
