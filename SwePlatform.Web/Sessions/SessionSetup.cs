using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using StackExchange.Redis;

namespace SwePlatform.Web.Sessions;

/// <summary>Registers sign-in: Redis, the keys that protect what lies there, and the cookie.</summary>
internal static class SessionSetup
{
    private const string ConnectionName = "redis";

    public static void AddSessions(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        // Without a receiver spans would be made for nobody; the check is ours, which asks for what sessions need.
        var untraced = string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        builder.AddRedisClient(
            ConnectionName,
            settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, untraced),
            // Web starts without Redis, says so in its pages, and works as soon as Redis is there.
            options => options.AbortOnConnectFail = false
        );
        services.AddHealthChecks().AddCheck<SessionHealthCheck>(ConnectionName);

        AddKeys(services, builder.Configuration["Sessions:KeyFolder"]);

        services.AddSingleton<SessionStore>();
        services.AddTransient<SessionRefresher>();
        services.AddTransient<UserSessions>();
        services.AddTransient<SessionCookieEvents>();
        services.AddScoped<SessionAccessTokens>();

        services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = "swe-session";
                options.Cookie.HttpOnly = true;
                // Strict would not send the cookie when a link from a mail or a chat opens a page.
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = SessionStore.Lifetime;
                options.SlidingExpiration = true;
                options.LoginPath = "/sign-in";
                options.ReturnUrlParameter = "returnUrl";
                options.EventsType = typeof(SessionCookieEvents);
            });
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddCascadingAuthenticationState();
    }

    // Shared by all replicas: what one protects, every other has to read. A folder where all of them have one; else Redis.
    private static void AddKeys(IServiceCollection services, string? folder)
    {
        var keys = services.AddDataProtection().SetApplicationName("SwePlatform.Web");
        if (folder is { Length: > 0 })
        {
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
            return;
        }
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<IConnectionMultiplexer>(
                (options, redis) => options.XmlRepository = new RedisXmlRepository(() => redis.GetDatabase(), "web:data-protection-keys")
            );
    }
}
