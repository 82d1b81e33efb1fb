using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Tools.Imports;

public sealed partial class Imports
{
    private const int DefaultLimit = 50;

    private ApiException? _error;
    private ClaimsPrincipal? _user;

    [SupplyParameterFromQuery]
    private int? Skip { get; set; }

    [SupplyParameterFromQuery]
    private int? Limit { get; set; }

    /// <summary>Kept from prerendering, so that it is not fetched twice.</summary>
    [PersistentState]
    public PageDto<ToolImportDto>? List { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private ImportsClient Client { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private int PageStart => Math.Max(0, Skip ?? 0);

    private int PageSize => Math.Clamp(Limit ?? DefaultLimit, 1, 500);

    protected override async Task OnParametersSetAsync()
    {
        _user = (await Authentication).User;
        if (List is not null && List.Skip == PageStart && List.Limit == PageSize)
            return;
        try
        {
            List = await Client.ListAsync(PageStart, PageSize, Ended);
            _error = null;
        }
        catch (ApiException exception)
        {
            _error = exception;
        }
    }

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
