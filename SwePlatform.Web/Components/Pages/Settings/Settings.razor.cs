using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Settings;

public sealed partial class Settings
{
    /// <summary>The API keeps the list to administrators, and this user is none.</summary>
    [PersistentState]
    public bool AdminsOnly { get; set; }

    [Inject]
    private SettingsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    protected override Task OnParametersSetAsync() => AdminsOnly ? Task.CompletedTask : base.OnParametersSetAsync();

    protected override Task<PageDto<SettingDto>> ReadAsync(int skip, int limit) => Client.ListAsync(skip, limit, Ended);

    protected override int EstimateLength(SettingDto item) => item.Value.GetRawText().Length + 200;

    protected override ApiException? Explain(ApiException exception)
    {
        AdminsOnly = exception.Status is HttpStatusCode.Forbidden && List is null;
        return AdminsOnly ? null : exception;
    }

    private async Task EditAsync(SettingDto? setting)
    {
        var parameters = new DialogParameters<SettingDialog> { { dialog => dialog.Setting, setting } };
        var shown = await Dialogs.ShowAsync<SettingDialog>(setting is null ? "Add setting" : "Change setting", parameters);
        if (await shown.Result is { Canceled: false })
        {
            await ReloadAsync();
        }
    }

    private async Task DeleteAsync(SettingDto setting)
    {
        if (
            await Dialogs.ShowMessageBoxAsync(
                $"Delete {setting.Key}?",
                "Whatever reads this setting will no longer find it.",
                yesText: "Delete",
                cancelText: "Cancel"
            ) == true
        )
        {
            await ChangeAsync(() => Client.DeleteAsync(setting.Key, Ended));
        }
    }
}
