using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects.Tabs;

/// <summary>A part of a page that is read by itself: where it fails, the others are shown all the same.</summary>
public sealed class PagePart<T>
    where T : class
{
    public T? Value { get; private set; }

    public ApiException? Error { get; private set; }

    public async Task ReadAsync(Func<Task<T>> read, Action changed)
    {
        try
        {
            Value = await read();
            Error = null;
        }
        catch (ApiException exception)
        {
            Error = exception;
        }
        changed();
    }
}
