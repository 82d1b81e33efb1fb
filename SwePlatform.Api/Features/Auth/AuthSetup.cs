using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using SwePlatform.Api.Features.Auth.ApiKeys;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Infrastructure.RateLimits;

namespace SwePlatform.Api.Features.Auth;

internal static class AuthSetup
{
    public static void AddAuth(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(AuthJson.Default);
        var services = builder.Services;
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<ApiKeyDirectory>();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<RefusalLog>();
        services.AddScoped<Sessions>();
        services.AddScoped<PasswordChange>();
        services.AddScoped(provider => CurrentUser.From(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.User));
        services.AddHostedService<AdminAccount>();

        services
            .AddAuthentication(UserIdentity.SchemeName)
            .AddScheme<CredentialOptions, CredentialAuthentication>(UserIdentity.SchemeName, null);

        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Policies.Admin, policy => policy.RequireRole(nameof(UserRole.Admin)))
            .AddPolicy(Policies.Interactive, policy => policy.RequireClaim(CurrentUser.SessionClaim));
    }

    public static void UseAuth(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseRateLimits();
        app.UseAuthorization();
        app.UseMiddleware<ApiKeyScopes>();
    }
}
