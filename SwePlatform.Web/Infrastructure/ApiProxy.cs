using Microsoft.AspNetCore.Components.Authorization;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Sessions;

namespace SwePlatform.Web.Infrastructure;

/// <summary>Passes an answer of the API on to the browser, which has no token for it.</summary>
internal static class ApiProxy
{
    /// <param name="ask">Asks the API as the user of this request.</param>
    /// <param name="describe">Sets what the browser is told of the answer, before its content.</param>
    public static async Task AnswerAsync(
        HttpContext context,
        AuthenticationStateProvider authentication,
        Func<Task<HttpResponseMessage>> ask,
        Action<HttpResponseMessage> describe
    )
    {
        // Components get this from their renderer; here is none.
        ((IHostEnvironmentAuthenticationStateProvider)authentication).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(context.User))
        );
        try
        {
            using var answer = await ask();
            context.Response.StatusCode = (int)answer.StatusCode;
            var unchanged = answer.StatusCode == System.Net.HttpStatusCode.NotModified;
            if (!answer.IsSuccessStatusCode && !unchanged)
            {
                return;
            }
            describe(answer);
            if (!unchanged)
            {
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
        catch (SessionExpiredException)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        catch (ApiException exception) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = exception.Status is { } status ? (int)status : StatusCodes.Status502BadGateway;
        }
    }
}
