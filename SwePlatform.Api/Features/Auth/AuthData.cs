using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Auth;

/// <summary>The tables of this feature.</summary>
internal static class AuthData
{
    extension(SweDbContext data)
    {
        public DbSet<Session> Sessions => data.Set<Session>();
        public DbSet<RefreshToken> RefreshTokens => data.Set<RefreshToken>();
        public DbSet<SignInCode> SignInCodes => data.Set<SignInCode>();
        public DbSet<SignInFailure> SignInFailures => data.Set<SignInFailure>();
    }
}
