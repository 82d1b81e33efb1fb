using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Users;

/// <summary>The tables of this feature.</summary>
internal static class UserData
{
    extension(SweDbContext data)
    {
        public DbSet<User> Users => data.Set<User>();
    }
}
