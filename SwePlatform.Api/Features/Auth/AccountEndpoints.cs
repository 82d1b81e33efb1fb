using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Changes to an account: with its password, its sessions change too.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this RouteGroupBuilder api) =>
        api.MapPatch("/users/{id:guid}", UpdateAsync)
            .WithTags("Users")
            .WithSummary("Change a user's name or password; what is absent stays");

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
