using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Creates the administrator on the first start, and accepts the sign-in code that the host printed.</summary>
internal sealed partial class AdminAccount(
    IDbContextFactory<SweDbContext> contexts,
    IPasswordHasher<User> hasher,
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<AdminAccount> logger
) : IHostedService
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromHours(24);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.AdminPassword is not { Length: > 0 } password)
        {
            return;
        }
        if (password.Length < AuthOptions.MinPasswordLength)
        {
            Log.WeakPassword(logger, AuthOptions.MinPasswordLength);
        }

        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var admin = await EnsureAsync(data, settings, password, cancellationToken);
        if (settings.SignInCode is { Length: > 0 } code)
        {
            await AcceptCodeAsync(data, admin, RandomToken.Hash(code), cancellationToken);
        }
    }

    private async Task<User> EnsureAsync(SweDbContext data, AuthOptions settings, string password, CancellationToken cancellationToken)
    {
        var email = User.Normalize(settings.AdminEmail);
        var now = time.GetUtcNow();
        var admin = await data.Users.FirstOrDefaultAsync(user => user.Email == email, cancellationToken);
        if (admin is null)
        {
            admin = new User
            {
                Email = email,
                DisplayName = "Administrator",
                PasswordHash = hasher.HashPassword(null!, password),
                Role = UserRole.Admin,
                CreatedAt = now,
                UpdatedAt = now,
            };
            data.Users.Add(admin);
            await data.SaveChangesAsync(cancellationToken);
            Log.Created(logger, email);
        }
        else if (
            settings.ResetAdminPassword
            && hasher.VerifyHashedPassword(admin, admin.PasswordHash, password) == PasswordVerificationResult.Failed
        )
        {
            admin.PasswordHash = hasher.HashPassword(admin, password);
            admin.UpdatedAt = now;
            await data.SaveChangesAsync(cancellationToken);
            await data
                .Sessions.Where(session => session.UserId == admin.Id && session.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), cancellationToken);
            Log.PasswordReset(logger, email);
        }
        return admin;
    }

    private async Task AcceptCodeAsync(SweDbContext data, User admin, byte[] hash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await data
            .SignInCodes.Where(code => code.ExpiresAt < now || (code.UsedAt == null && code.Hash != hash))
            .ExecuteDeleteAsync(cancellationToken);
        // This process may have been restarted with the same code, and the code used meanwhile: then it stays used.
        if (!await data.SignInCodes.AnyAsync(code => code.Hash == hash, cancellationToken))
        {
            data.SignInCodes.Add(
                new()
                {
                    Hash = hash,
                    UserId = admin.Id,
                    ExpiresAt = now + CodeLifetime,
                }
            );
            await data.SaveChangesAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Created the administrator {Email}")]
        public static partial void Created(ILogger logger, string email);

        [LoggerMessage(Level = LogLevel.Information, Message = "Set the password of {Email} as the settings ask, and ended its sessions")]
        public static partial void PasswordReset(ILogger logger, string email);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The administrator's password in the settings has fewer than {Length} characters"
        )]
        public static partial void WeakPassword(ILogger logger, int length);
    }
}
