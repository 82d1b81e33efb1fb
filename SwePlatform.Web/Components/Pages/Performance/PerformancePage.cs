using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Components.Shared;

namespace SwePlatform.Web.Components.Pages.Performance;

/// <summary>A page with a report that is made when asked for: probes and catalogues would hold up a prerendered page.</summary>
public abstract class PerformancePage<T> : LiveComponent
    where T : class
{
    private string? _shownAddress;

    [SupplyParameterFromQuery(Name = "window")]
    public string? Window { get; set; }

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    protected T? Report { get; private set; }

    protected ApiException? Error { get; set; }

    protected bool Loading { get; private set; } = true;

    /// <summary>The window that is shown; what the address says otherwise is ignored.</summary>
    protected string Shown => Windows.Find(Window);

    protected abstract Task<T> ReadAsync();

    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || Navigation.Uri == _shownAddress)
            return;
        _shownAddress = Navigation.Uri;
        await ReloadAsync();
    }

    protected async Task ReloadAsync()
    {
        Loading = true;
        await RefreshAsync();
        Loading = false;
    }

    /// <summary>Reads anew without saying so: for reports that are watched.</summary>
    protected Task RefreshAsync() => TryAsync(async () => Report = await ReadAsync());

    /// <summary>Shows what went wrong instead of failing; what was shown before stays.</summary>
    protected async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            Error = null;
        }
        catch (ApiException exception)
        {
            Error = exception;
        }
    }
}
