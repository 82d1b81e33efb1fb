using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Users;

internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users");
        group.MapGet("/me", (SweDbContext data, CurrentUser user, CancellationToken cancellationToken) => GetAsync(user.Id, data, user, cancellationToken))
            .WithSummary("The signed-in user");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One user; members see themselves");
        group.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a user's name or password; what is absent stays");
    }

    private static async Task<Results<Ok<UserResponse>, NotFound>> GetAsync(Guid id, SweDbContext data, CurrentUser user, CancellationToken cancellationToken) =>
        await data.Users.Where(candidate => candidate.Id == id && (user.IsAdmin || candidate.Id == user.Id))
            .Select(UserResponse.FromUser).FirstOrDefaultAsync(cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : TypedResults.NotFound();

    private static async Task<Results<Ok<UserResponse>, NotFound>> UpdateAsync(
        Guid id, UpdateUserRequest request, SweDbContext data, IPasswordHasher<User> hasher, Sessions sessions,
        CurrentUser caller, AuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var user = await data.Users.FirstOrDefaultAsync(candidate => candidate.Id == id && (caller.IsAdmin || candidate.Id == caller.Id), cancellationToken);
        if (user is null)
        {
            return TypedResults.NotFound();
        }
        user.DisplayName = request.DisplayName ?? user.DisplayName;
        if (request.NewPassword is { } password)
        {
            ChangePassword(user, request.CurrentPassword, password, hasher, caller);
        }
        user.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(cancellationToken);
        if (request.NewPassword is not null)
        {
            await sessions.RevokeOthersAsync(user.Id, caller.SessionId, cancellationToken);
        }
        await audit.RecordAsync("user.update", id.ToString(), details: new { displayName = request.DisplayName is not null, password = request.NewPassword is not null }, actor: caller);
        return TypedResults.Ok(UserResponse.From(user));
    }

    private static void ChangePassword(User user, string? current, string password, IPasswordHasher<User> hasher, CurrentUser caller)
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
        if (caller.Id == user.Id && (current is null || hasher.VerifyHashedPassword(user, user.PasswordHash, current) == PasswordVerificationResult.Failed))
        {
            throw RequestException.Invalid("currentPassword", "The current password is wrong.");
        }
        user.PasswordHash = hasher.HashPassword(user, password);
    }
}
