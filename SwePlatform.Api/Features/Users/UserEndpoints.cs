using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Features.Users;

internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users");
        group.MapGet("/me", GetMeAsync).WithSummary("The signed-in user");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One user; members see themselves");
        group.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a user's name or password; what is absent stays");
    }

    private static async Task<CachedJsonResult<UserResponse>> GetMeAsync(
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => new(await users.GetAsync(user.Id, http.Request.WantsFresh(), cancellationToken));

    private static async Task<Results<CachedJsonResult<UserResponse>, NotFound>> GetAsync(
        Guid id,
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        user.IsAdmin || id == user.Id
            ? new CachedJsonResult<UserResponse>(await users.GetAsync(id, http.Request.WantsFresh(), cancellationToken))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<UserResponse>, NotFound>> UpdateAsync(
        Guid id,
        UpdateUserRequest request,
        SweDbContext data,
        PasswordHashing passwords,
        SignInThrottle throttle,
        HttpContext http,
        Sessions sessions,
        UserCache users,
        CurrentUser caller,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var user = await data.Users.FirstOrDefaultAsync(
            candidate => candidate.Id == id && (caller.IsAdmin || candidate.Id == caller.Id),
            cancellationToken
        );
        if (user is null)
        {
            return TypedResults.NotFound();
        }
        user.DisplayName = request.DisplayName ?? user.DisplayName;
        if (request.NewPassword is { } password)
        {
            await ChangePasswordAsync(user, request.CurrentPassword, password, passwords, throttle, http, caller, cancellationToken);
        }
        user.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(cancellationToken);
        await users.ForgetAsync(id);
        if (request.NewPassword is not null)
        {
            await sessions.RevokeOthersAsync(user.Id, caller.SessionId, cancellationToken);
        }
        await audit.RecordAsync(
            "user.update",
            id.ToString(),
            details: new { displayName = request.DisplayName is not null, password = request.NewPassword is not null },
            actor: caller
        );
        return TypedResults.Ok(UserResponse.From(user));
    }

    private static async Task ChangePasswordAsync(
        User user,
        string? current,
        string password,
        PasswordHashing passwords,
        SignInThrottle throttle,
        HttpContext http,
        CurrentUser caller,
        CancellationToken cancellationToken
    )
    {
        if (caller.SessionId is null)
        {
            throw new RequestException(StatusCodes.Status403Forbidden, "An API key cannot change a password. Sign in.");
        }
        if (password.Length < AuthOptions.MinPasswordLength)
        {
            throw RequestException.Invalid("newPassword", $"A password has at least {AuthOptions.MinPasswordLength} characters.");
        }
        // An administrator may set another user's password without knowing it, but not their own.
        if (caller.Id == user.Id)
        {
            var client = $"session {http.Connection.RemoteIpAddress}";
            // Who has stolen a session must not find the password out by it.
            using var turn = await throttle.BeginAsync(user.Email, client, cancellationToken);
            if (current is null || await passwords.VerifyAsync(user, current, cancellationToken) == PasswordVerificationResult.Failed)
            {
                throw RequestException.Invalid("currentPassword", "The current password is wrong.");
            }
            await throttle.SucceedAsync(user.Email, client, cancellationToken);
        }
        user.PasswordHash = await passwords.HashAsync(password, cancellationToken);
    }
}
