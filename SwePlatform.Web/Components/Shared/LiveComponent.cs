using Microsoft.AspNetCore.Components;

namespace SwePlatform.Web.Components.Shared;

/// <summary>A component that refreshes itself while there is something to wait for, and ends with its page.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private bool _watching;

    // Asked for once: of a page that is gone the source would not give it any more.
    protected LiveComponent() => Ended = _ended.Token;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Cancelled when the user leaves the page.</summary>
    protected CancellationToken Ended { get; }

    /// <summary>
    /// Calls <paramref name="refresh"/> now and then until it returns false. Does nothing while a watch is
    /// already on, and while the page is only being prerendered.
    /// </summary>
    protected void Watch(TimeSpan interval, Func<Task<bool>> refresh)
    {
        if (_watching || !RendererInfo.IsInteractive)
            return;
        _watching = true;
        _ = WatchAsync(interval, refresh);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private async Task WatchAsync(TimeSpan interval, Func<Task<bool>> refresh)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, Time);
            var more = true;
            while (more && await timer.WaitForNextTickAsync(Ended))
            {
                more = await refresh();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
        finally
        {
            _watching = false;
        }
    }
}
