using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Auth;

/// <param name="Email">Unique, whatever its case.</param>
/// <param name="Password">At least 12 characters.</param>
/// <param name="DisplayName">What others see; the part of the email before the @ if absent.</param>
public sealed record RegisterRequest(
    [Required, EmailAddress, StringLength(254)] string Email,
    [Required, StringLength(1024, MinimumLength = AuthOptions.MinPasswordLength, ErrorMessage = "A password has at least 12 characters.")]
        string Password,
    [StringLength(100, MinimumLength = 1)] string? DisplayName = null
);

public sealed record LoginRequest([Required, StringLength(254)] string Email, [Required, StringLength(1024)] string Password);

public sealed record CodeLoginRequest([Required, StringLength(200)] string Code);

public sealed record RefreshRequest([Required, StringLength(200)] string RefreshToken);

/// <param name="RefreshToken">The session to end; that of the access token if absent.</param>
public sealed record LogoutRequest([StringLength(200)] string? RefreshToken = null);

/// <param name="Token">Access token, to be sent as <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresAt">When the access token ends.</param>
/// <param name="RefreshToken">Gets the next pair, once.</param>
public sealed record LoginResponse(string Token, DateTimeOffset ExpiresAt, string RefreshToken, UserResponse User);
