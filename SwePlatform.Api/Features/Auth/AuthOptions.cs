using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Bound from the section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    public const string Section = "Auth";
    public const int MinPasswordLength = 12;

    /// <summary>Secret that access tokens are signed with: at least 32 characters, the same for every replica.</summary>
    [Required, MinLength(32)]
    public string SigningKey { get; set; } = "";

    /// <summary>How long an access token is good for.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lives without being used.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Whether strangers may register: only where every person who reaches the server may have an account.</summary>
    public bool AllowRegistration { get; set; }

    /// <summary>How many accounts one address may make in a <see cref="FailureWindow"/>.</summary>
    [Range(1, int.MaxValue)]
    public int MaxRegistrationsPerAddress { get; set; } = 20;

    /// <summary>Email of the administrator that the first start creates.</summary>
    [Required, EmailAddress]
    public string AdminEmail { get; set; } = "admin@swe.local";

    /// <summary>Password of the administrator that the first start creates; without it none is created.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>Set the administrator's password to <see cref="AdminPassword"/> also when the account exists already.</summary>
    public bool ResetAdminPassword { get; set; }

    /// <summary>A code that signs the administrator in once, for the link that the host prints.</summary>
    public string? SignInCode { get; set; }

    /// <summary>Failed sign-ins after which one address must wait to try one email again. Others at the same address need not.</summary>
    [Range(1, 1000)]
    public int MaxFailuresPerClientAndEmail { get; set; } = 5;

    /// <summary>Failed sign-ins after which one email is closed to everyone for the rest of the window.</summary>
    [Range(1, 100_000)]
    public int MaxFailuresPerEmail { get; set; } = 100;

    /// <summary>The time over which failed sign-ins are counted.</summary>
    public TimeSpan FailureWindow { get; set; } = TimeSpan.FromMinutes(15);
}
