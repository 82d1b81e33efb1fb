using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Components.Shared;

/// <summary>Shows what went wrong in a page, or sends the user to sign in when that is what went wrong.</summary>
public sealed class PageErrorBoundary : ErrorBoundary
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnErrorAsync(Exception exception)
    {
        if (exception is SessionExpiredException)
        {
            var here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
            // A full load: the circuit belongs to the session that has ended.
            Navigation.NavigateTo($"/sign-in?returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
            return;
        }
        await base.OnErrorAsync(exception);
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
        }
        else if (CurrentException is not SessionExpiredException)
        {
            builder.OpenComponent<ErrorPanel>(1);
            builder.AddComponentParameter(2, nameof(ErrorPanel.Error), CurrentException);
            builder.CloseComponent();
        }
    }
}
