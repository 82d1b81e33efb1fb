using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Infrastructure.RateLimits;

/// <summary>Holds each caller to the limits, and tells it where it stands with <c>RateLimit</c> and <c>RateLimit-Policy</c>.</summary>
internal sealed class RateLimits(
    RequestDelegate next,
    RateLimiter limiter,
    IOptions<RateLimitOptions> options,
    IProblemDetailsService problems,
    IMeterFactory meters
)
{
    /// <summary>Name of the value, and of the metric, that counts refusals.</summary>
    public const string RefusalCount = "rate_limit_refusals";

    private readonly Counter<long> _refusals = CreateCounter(meters);
    private readonly RateLimitOptions _options = options.Value;
    private readonly string _user = Policy("user", options.Value.PerUser, options.Value.WindowSeconds);
    private readonly string _key = Policy("key", options.Value.PerKey, options.Value.WindowSeconds);
    private readonly string _address = Policy("address", options.Value.PerAddress, options.Value.WindowSeconds);

    public Task InvokeAsync(HttpContext context)
    {
        if (!_options.Enabled)
        {
            return next(context);
        }
        if (context.User.Identity is not UserIdentity identity)
        {
            return Proceed(
                context,
                limiter.Take($"address:{context.Connection.RemoteIpAddress}", _options.PerAddress),
                "address",
                _address
            );
        }
        var user = limiter.Take(identity.RateLimitUser, _options.PerUser);
        if (identity.RateLimitKey is not { } caller)
        {
            return Proceed(context, user, "user", _user);
        }
        var key = limiter.Take(caller, _options.PerKey);
        return user.Allowed && key.Remaining <= user.Remaining ? Proceed(context, key, "key", _key) : Proceed(context, user, "user", _user);
    }

    private Task Proceed(HttpContext context, RateLimitState state, string name, string policy)
    {
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = policy;
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={state.Remaining};t={state.ResetSeconds}");
        return state.Allowed ? next(context) : RefuseAsync(context, state, name);
    }

    // Written without an exception: refusing has to be cheaper than answering.
    private async Task RefuseAsync(HttpContext context, RateLimitState state, string name)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("limit", name));
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = state.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        var per = name switch
        {
            "key" => "API key",
            "user" => "user",
            _ => "address",
        };
        await problems.WriteAsync(
            new()
            {
                HttpContext = context,
                ProblemDetails =
                {
                    Status = StatusCodes.Status429TooManyRequests,
                    Detail =
                        $"{state.Limit} requests in {_options.WindowSeconds} s are the limit of each {per} "
                        + $"(RateLimits:Per{char.ToUpperInvariant(name[0])}{name[1..]}). Try again in {state.ResetSeconds} s.",
                },
            }
        );
    }

    private static Counter<long> CreateCounter(IMeterFactory meters)
    {
        var counter = meters
            .Create(Extensions.TelemetryName)
            .CreateCounter<long>(RefusalCount, description: "Requests refused with 429, by the limit that was reached.");
        // A rate sees an increase only from a value that it has seen before.
        foreach (var name in (string[])["user", "key", "address"])
        {
            counter.Add(0, new KeyValuePair<string, object?>("limit", name));
        }
        return counter;
    }

    private static string Policy(string name, int limit, int seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit};w={seconds}");
}

internal static class RateLimitSetup
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<RateLimitOptions>()
            .BindConfiguration(RateLimitOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<RateLimiter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RateLimiter>());
    }

    /// <summary>After authentication, so that it knows the caller; before authorization, so that guessing is limited too.</summary>
    public static void UseRateLimits(this WebApplication app) => app.UseMiddleware<RateLimits>();
}
