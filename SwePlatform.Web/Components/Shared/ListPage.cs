using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Infrastructure;

namespace SwePlatform.Web.Components.Shared;

/// <summary>A page with a list that is read page by page; the address says which page, and by which filters.</summary>
public abstract class ListPage<T> : LiveComponent
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    private string? _shownAddress;

    [SupplyParameterFromQuery]
    public int? Skip { get; set; }

    [SupplyParameterFromQuery]
    public int? Limit { get; set; }

    /// <summary>Kept from prerendering, so that the list is not fetched twice; null if it is too long for that.</summary>
    [PersistentState]
    public PageDto<T>? Kept { get; set; }

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    protected PageDto<T>? List { get; private set; }

    protected ApiException? Error { get; private set; }

    protected bool Loading { get; private set; }

    protected abstract Task<PageDto<T>> ReadAsync(int skip, int limit);

    /// <summary>About how many characters an item takes, for those that may be long.</summary>
    protected virtual int EstimateLength(T item) => 0;

    /// <summary>What to show of a failure; null for nothing.</summary>
    protected virtual ApiException? Explain(ApiException exception) => exception;

    protected override async Task OnParametersSetAsync()
    {
        var isRestored = _shownAddress is null && Kept is not null;
        if (Navigation.Uri == _shownAddress)
            return;
        _shownAddress = Navigation.Uri;
        if (isRestored)
        {
            List = Kept;
        }
        else
        {
            await ReloadAsync();
        }
    }

    protected Task ReloadAsync() => TryAsync(ReadAsync);

    /// <summary>Changes something, and shows the list as it is then; or what went wrong, with the list as it was.</summary>
    protected Task ChangeAsync(Func<Task> change) =>
        TryAsync(async () =>
        {
            await change();
            await ReadAsync();
        });

    /// <summary>Shows what went wrong instead of failing; what was shown before stays.</summary>
    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            Error = null;
        }
        catch (ApiException exception)
        {
            Error = Explain(exception);
        }
    }

    private async Task ReadAsync()
    {
        Loading = true;
        try
        {
            List = await ReadAsync(Math.Max(0, Skip ?? 0), Math.Clamp(Limit ?? DefaultLimit, 1, MaxLimit));
            Kept = Prerendered.Keep(List.Items, EstimateLength) is null ? null : List;
        }
        finally
        {
            Loading = false;
        }
    }
}
