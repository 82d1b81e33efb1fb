namespace SwePlatform.Web.Infrastructure;

/// <summary>What the browser may do with our pages.</summary>
internal static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Hot reload talks to a port of its own.
        var connections = app.Environment.IsDevelopment() ? "'self' ws://localhost:* wss://localhost:*" : "'self'";
        // MudBlazor writes its theme as a style element and sets sizes as style attributes; scripts stay strict.
        var policy =
            $"default-src 'self'; connect-src {connections}; img-src 'self' data:; "
            + "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; "
            + "frame-ancestors 'none'";

        app.Use(
            (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                // The address can hold a sign-in code or a search: other sites get neither.
                headers["Referrer-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
                // What says nothing about caching, as a redirect, a shared cache might keep for everyone.
                context.Response.OnStarting(
                    static state =>
                    {
                        var response = (HttpResponse)state;
                        if (response.Headers.CacheControl.Count == 0)
                        {
                            response.Headers.CacheControl = "no-store";
                        }
                        return Task.CompletedTask;
                    },
                    context.Response
                );
                return next(context);
            }
        );
    }
}
