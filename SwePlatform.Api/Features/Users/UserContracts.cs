using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Users;

/// <summary>A user, as the API shows it.</summary>
public sealed record UserResponse(Guid Id, string Email, string DisplayName, UserRole Role, DateTimeOffset CreatedAt)
{
    internal static readonly Expression<Func<User, UserResponse>> FromUser = user => new UserResponse(
        user.Id,
        user.Email,
        user.DisplayName,
        user.Role,
        user.CreatedAt
    );

    internal static UserResponse From(User user) => new(user.Id, user.Email, user.DisplayName, user.Role, user.CreatedAt);
}

/// <summary>Changes to a user; what is absent stays. A new password needs the current one.</summary>
public sealed record UpdateUserRequest(
    [StringLength(100, MinimumLength = 1)] string? DisplayName = null,
    [StringLength(1024)] string? CurrentPassword = null,
    [StringLength(1024)] string? NewPassword = null
);
