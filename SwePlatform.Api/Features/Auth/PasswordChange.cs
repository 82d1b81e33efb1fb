using Microsoft.AspNetCore.Identity;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Gives a user another password, and ends the sessions that the old one began.</summary>
internal sealed class PasswordChange(
    PasswordHashing passwords,
    SignInThrottle throttle,
    Sessions sessions,
    CurrentUser caller,
    IHttpContextAccessor http
)
{
    /// <summary>Ends the user's sessions but the caller's own; once the new password is saved.</summary>
    public Task EndOtherSessionsAsync(User user, CancellationToken cancellationToken) =>
        sessions.RevokeOthersAsync(user.Id, caller.SessionId, cancellationToken);

    /// <exception cref="RequestException">The caller may not, or the password will not do; says why.</exception>
    public async Task ApplyAsync(User user, string? current, string password, CancellationToken cancellationToken)
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
            var client = $"session {http.HttpContext!.Connection.RemoteIpAddress}";
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
