using Microsoft.AspNetCore.OutputCaching;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Caches a response that is the same for everyone who may see it. Who may is decided before: the output cache stands
/// behind authorization. A response that depends on the user must not use it.
/// </summary>
/// <param name="lifetime">How old it may be.</param>
internal sealed class SharedResponse(TimeSpan lifetime) : IOutputCachePolicy
{
    /// <summary>For what does not change while the server runs.</summary>
    public static readonly SharedResponse Stable = new(TimeSpan.FromSeconds(60));

    /// <summary>For figures that many look at and that move slowly.</summary>
    public static readonly SharedResponse Brief = new(TimeSpan.FromSeconds(5));

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var request = context.HttpContext.Request;
        var cacheable = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        (context.EnableOutputCaching, context.AllowLocking) = (true, true);
        context.AllowCacheLookup = cacheable && !request.WantsFresh();
        context.AllowCacheStorage = cacheable;
        context.CacheVaryByRules.QueryKeys = "*";
        // Replicas go by different names, and a stranger may send any.
        context.CacheVaryByRules.VaryByHost = false;
        // A replica that leaves compression to a proxy shares nothing with one that does not.
        context.CacheVaryByRules.VaryByValues["encoding"] = CachingSetup.Compresses(
            context.HttpContext.RequestServices.GetRequiredService<IConfiguration>()
        )
            ? ContentEncoding.Choose(request.Headers.AcceptEncoding) ?? "identity"
            : "off";
        context.ResponseExpirationTimeSpan = lifetime;
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var response = context.HttpContext.Response;
        context.AllowCacheStorage &= response.StatusCode == StatusCodes.Status200OK && response.Headers.SetCookie.Count == 0;
        return ValueTask.CompletedTask;
    }
}
