using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools.Imports;

public sealed partial class Imports
{
    private ClaimsPrincipal? _user;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private ImportsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        _user = (await Authentication).User;
        await base.OnParametersSetAsync();
    }

    protected override Task<PageDto<ToolImportDto>> ReadAsync(int skip, int limit) => Client.ListAsync(skip, limit, Ended);

    // Others' imports are in the list when everyone has them, but only these two may look at how they were made.
    private bool Manages(ToolImportDto import) =>
        _user is not null && (_user.IsInRole("admin") || _user.FindFirstValue(ClaimTypes.NameIdentifier) == import.UserId.ToString());

    private async Task AddAsync()
    {
        var shown = await Dialogs.ShowAsync<AddImportDialog>("Import an API");
        if (await shown.Result is { Canceled: false, Data: ToolImportDto import })
        {
            Navigation.NavigateTo($"/tools/imports/{import.Id}");
        }
    }
}
