namespace SwePlatform.Web.Components.Shared;

/// <summary>Begins the page that is shown anew, as if one had just arrived at it. The layout hands it down to each page.</summary>
public sealed class PageReload(Action reload)
{
    public void Reload() => reload();
}
