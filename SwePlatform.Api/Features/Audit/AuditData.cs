using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Audit;

/// <summary>The tables of this feature.</summary>
internal static class AuditData
{
    extension(SweDbContext data)
    {
        public DbSet<AuditEntry> AuditEntries => data.Set<AuditEntry>();
    }
}
