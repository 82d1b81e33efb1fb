using System.Net;
using Microsoft.AspNetCore.Components;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Infrastructure;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Components.Pages.SignIn;

public sealed partial class SignIn
{
    private const string UsedLink =
        "This sign-in link was already used or has expired; sign in with your password, or get a new link from the console.";

    private string? _message;

    [SupplyParameterFromForm]
    private SignInForm? Posted { get; set; }

    [SupplyParameterFromQuery]
    private string? Code { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private AuthClient Auth { get; set; } = default!;

    [Inject]
    private UserSessions Sessions { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private SignInForm Form => Posted ?? new SignInForm();

    private string? ClientAddress => Context.Connection.RemoteIpAddress?.ToString();

    protected override async Task OnInitializedAsync()
    {
        if (HttpMethods.IsGet(Context.Request.Method) && !string.IsNullOrEmpty(Code))
        {
            await TryAsync(() => Auth.RedeemCodeAsync(Code, ClientAddress, Context.RequestAborted), refused: UsedLink, next: "/");
        }
    }

    private Task SignInAsync() =>
        TryAsync(
            () => Auth.SignInAsync(Form.Email?.Trim() ?? "", Form.Password ?? "", ClientAddress, Context.RequestAborted),
            refused: "The email or the password is wrong.",
            next: LocalUrl.OrHome(ReturnUrl)
        );

    private async Task TryAsync(Func<Task<SignInResultDto>> signIn, string refused, string next)
    {
        try
        {
            var result = await signIn();
            await Sessions.SignInAsync(Context, result);
        }
        catch (ApiException exception)
        {
            _message = Explain(exception, refused);
            return;
        }
        Navigation.NavigateTo(next);
    }

    private static string Explain(ApiException exception, string refused) =>
        exception switch
        {
            { Status: HttpStatusCode.TooManyRequests, RetryAfter: { } wait } =>
                $"Too many failed attempts. Try again in {Math.Ceiling(wait.TotalSeconds)} seconds.",
            { Status: HttpStatusCode.TooManyRequests } => "Too many failed attempts. Try again in a few minutes.",
            { Status: HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound } => refused,
            { Status: null } => $"{exception.Title}. {exception.Detail}",
            _ => $"The API failed: {exception.Message}",
        };
}

/// <summary>The fields of the sign-in form.</summary>
public sealed class SignInForm
{
    public string? Email { get; set; }

    public string? Password { get; set; }
}
