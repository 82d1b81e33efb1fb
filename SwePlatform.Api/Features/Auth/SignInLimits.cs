using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.RateLimits;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Holds each address to a number of sign-ins and registrations in a window: each costs the server a slow hash. It is a rate, and
/// closes nobody's account.
/// </summary>
internal sealed class SignInLimits(RateLimiter limiter, IOptions<RateLimitOptions> options) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var limits = options.Value;
        var state = limiter.Take($"sign-in:{context.HttpContext.Connection.RemoteIpAddress}", limits.SignInsPerAddress);
        return state.Allowed || !limits.Enabled
            ? next(context)
            : throw RequestException.TooManyRequests(
                $"{state.Limit} sign-ins and registrations in {limits.WindowSeconds} s are the limit of each address "
                    + "(RateLimits:SignInsPerAddress).",
                TimeSpan.FromSeconds(state.ResetSeconds)
            );
    }
}
