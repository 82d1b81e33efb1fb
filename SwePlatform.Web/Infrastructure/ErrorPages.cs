using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using StackExchange.Redis;

namespace SwePlatform.Web.Infrastructure;

/// <summary>
/// Pages for requests that no component answers. Plain text in plain HTML: when Redis is gone, so are the
/// keys without which not even a component can be rendered.
/// </summary>
internal static class ErrorPages
{
    public static void UseErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler(handler =>
            handler.Run(context =>
            {
                var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
                if (IsCausedByRedis(error))
                {
                    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                }
                return WriteAsync(context);
            })
        );
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext));
    }

    /// <summary>
    /// Answers forms without a valid antiforgery token; a component would answer them with an empty page.
    /// Goes after <c>UseAntiforgery</c>.
    /// </summary>
    public static void UseExpiredFormPage(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.CompletedTask;
            }
        );

    private static bool IsCausedByRedis(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is RedisException or RedisTimeoutException)
                return true;
        }
        return false;
    }

    private static Task WriteAsync(HttpContext context)
    {
        var (title, text) = context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => ("This form has expired", "Go back, reload the page and send it again."),
            StatusCodes.Status403Forbidden => ("Not allowed", "Your account may not open this page."),
            StatusCodes.Status404NotFound => ("Page not found", "There is nothing at this address."),
            StatusCodes.Status503ServiceUnavailable => (
                "Sessions are unavailable",
                "The session store (Redis) is not responding, so nobody can be signed in. Try again in a moment."
            ),
            var status => ($"Something went wrong ({status})", "The server's log has the details, under the id below."),
        };
        var traceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{title} · SWE Platform</title>
              <script src="/theme.js"></script>
              <link rel="icon" type="image/svg+xml" href="/favicon.svg">
              <link rel="stylesheet" href="/app.css">
            </head>
            <body>
              <main class="notice">
                <h1>{title}</h1>
                <p>{text}</p>
                <p><a href="/">Home</a></p>
                <p class="faint mono">{WebUtility.HtmlEncode(traceId)}</p>
              </main>
            </body>
            </html>
            """,
            context.RequestAborted
        );
    }
}
