using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Settings;

/// <summary>The tables of this feature.</summary>
internal static class SettingData
{
    extension(SweDbContext data)
    {
        public DbSet<Setting> Settings => data.Set<Setting>();
    }
}
