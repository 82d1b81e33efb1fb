using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Users;
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
        PasswordChange passwords,
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
            await passwords.ApplyAsync(user, request.CurrentPassword, password, cancellationToken);
        }
        user.UpdatedAt = time.GetUtcNow();
        await data.SaveChangesAsync(cancellationToken);
        await users.ForgetAsync(id);
        if (request.NewPassword is not null)
        {
            await passwords.EndOtherSessionsAsync(user, cancellationToken);
        }
        await audit.RecordAsync(
            "user.update",
            id.ToString(),
            details: new { displayName = request.DisplayName is not null, password = request.NewPassword is not null },
            actor: caller
        );
        return TypedResults.Ok(UserResponse.From(user));
    }
}
