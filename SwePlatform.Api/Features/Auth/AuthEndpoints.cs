using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth.ApiKeys;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

internal static class AuthEndpoints
{
    public static void MapAuth(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/auth").WithTags("Auth").AllowAnonymous();
        group.AddEndpointFilter(
            (context, next) =>
            {
                context.HttpContext.Response.Headers.CacheControl = "no-store";
                return next(context);
            }
        );
        group.MapPost("/register", RegisterAsync).AddEndpointFilter<RouteHandlerBuilder, SignInLimits>().WithSummary("Create an account");
        group
            .MapPost("/login", LoginAsync)
            .AddEndpointFilter<RouteHandlerBuilder, SignInLimits>()
            .WithSummary("Sign in with email and password");
        group
            .MapPost("/login/code", LoginByCodeAsync)
            .AddEndpointFilter<RouteHandlerBuilder, SignInLimits>()
            .WithSummary("Sign in with a one-time code");
        group.MapPost("/refresh", RefreshAsync).WithSummary("Exchange a refresh token for the next pair of tokens");
        group.MapPost("/logout", LogoutAsync).WithSummary("End a session");
        api.MapSignInCodes();
        api.MapAccounts();
        api.MapApiKeys();
    }

    private static async Task<Created<UserResponse>> RegisterAsync(
        RegisterRequest request,
        HttpContext http,
        SweDbContext data,
        PasswordHashing passwords,
        SignInThrottle throttle,
        IOptions<AuthOptions> options,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!options.Value.AllowRegistration)
        {
            throw new RequestException(
                StatusCodes.Status403Forbidden,
                "Registration is closed on this server. Ask its administrator for an account."
            );
        }
        await throttle.CountRegistrationAsync(Address(http), cancellationToken);
        var now = time.GetUtcNow();
        var email = User.Normalize(request.Email);
        var user = new User
        {
            Email = email,
            DisplayName = request.DisplayName ?? email[..email.IndexOf('@', StringComparison.Ordinal)],
            PasswordHash = await passwords.HashAsync(request.Password, cancellationToken),
            CreatedAt = now,
            UpdatedAt = now,
        };
        data.Users.Add(user);
        await data.SaveOrConflictAsync("An account with this email exists already.", cancellationToken);
        await audit.RecordAsync("user.register", user.Id.ToString(), actor: new(user.Id, user.Email, user.Role, null));
        return TypedResults.Created($"/api/v1/users/{user.Id}", UserResponse.From(user));
    }

    private static async Task<Ok<LoginResponse>> LoginAsync(
        LoginRequest request,
        HttpContext http,
        SweDbContext data,
        PasswordHashing passwords,
        SignInThrottle throttle,
        Sessions sessions,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var (email, client) = (User.Normalize(request.Email), Address(http));
        using var turn = await throttle.BeginAsync(email, client, cancellationToken);
        var user = await data.Users.FirstOrDefaultAsync(candidate => candidate.Email == email, cancellationToken);
        var verdict = await passwords.VerifyAsync(user, request.Password, cancellationToken);
        if (user is null || verdict == PasswordVerificationResult.Failed)
        {
            await audit.RecordAsync("user.login", user?.Id.ToString(), AuditOutcome.Failure, new { email });
            throw RequestException.Unauthorized("The email or the password is wrong.");
        }

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            user.PasswordHash = await passwords.HashAsync(request.Password, cancellationToken);
        }
        await throttle.SucceedAsync(email, client, cancellationToken);
        return await SignInAsync(user, sessions, audit, "password", cancellationToken);
    }

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    // No guess finds a code: it is random, and the rate at which an address may try is limited.
    private static async Task<Ok<LoginResponse>> LoginByCodeAsync(
        CodeLoginRequest request,
        SweDbContext data,
        Sessions sessions,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var hash = RandomToken.Hash(request.Code);
        // One statement uses the code up: two simultaneous callers cannot both have it.
        var used = await data
            .SignInCodes.Where(code => code.Hash == hash && code.UsedAt == null && code.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(code => code.UsedAt, now), cancellationToken);
        if (used == 0)
        {
            await audit.RecordAsync("user.login", null, AuditOutcome.Failure, new { method = "code" });
            throw RequestException.Unauthorized("This sign-in code was used before, or has expired.");
        }
        var user = await data
            .SignInCodes.Where(code => code.Hash == hash)
            .Join(data.Users, code => code.UserId, user => user.Id, (_, user) => user)
            .FirstAsync(cancellationToken);
        return await SignInAsync(user, sessions, audit, "code", cancellationToken);
    }

    private static async Task<Ok<LoginResponse>> SignInAsync(
        User user,
        Sessions sessions,
        AuditTrail audit,
        string method,
        CancellationToken cancellationToken
    )
    {
        var response = await sessions.StartAsync(user, cancellationToken);
        await audit.RecordAsync(
            "user.login",
            user.Id.ToString(),
            details: new { method },
            actor: new(user.Id, user.Email, user.Role, null)
        );
        return TypedResults.Ok(response);
    }

    private static async Task<Ok<LoginResponse>> RefreshAsync(
        RefreshRequest request,
        Sessions sessions,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var response = await sessions.RefreshAsync(request.RefreshToken, cancellationToken);
            var user = response.User;
            await audit.RecordAsync("user.refresh", user.Id.ToString(), actor: new(user.Id, user.Email, user.Role, null));
            return TypedResults.Ok(response);
        }
        catch (RequestException)
        {
            await audit.RecordAsync("user.refresh", null, AuditOutcome.Failure);
            throw;
        }
    }

    private static async Task<NoContent> LogoutAsync(
        LogoutRequest? request,
        HttpContext http,
        Sessions sessions,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var caller = http.User.Identity?.IsAuthenticated == true ? CurrentUser.From(http.User) : null;
        var session = request?.RefreshToken is { } token ? (await sessions.FindAsync(token, cancellationToken))?.Id : caller?.SessionId;
        if (session is { } id)
        {
            await sessions.RevokeAsync(id, cancellationToken);
            await audit.RecordAsync("user.logout", id.ToString(), actor: caller);
        }
        else if (request?.RefreshToken is null)
        {
            throw RequestException.Unauthorized("Send the refresh token of the session to end, or its access token.");
        }
        // An unknown refresh token is answered like a known one: it is of no use now, as was asked.
        return TypedResults.NoContent();
    }
}
