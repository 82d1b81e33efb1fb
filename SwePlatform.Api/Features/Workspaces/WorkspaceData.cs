using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>The tables of this feature.</summary>
internal static class WorkspaceData
{
    extension(SweDbContext data)
    {
        public DbSet<WorkspaceRecord> Workspaces => data.Set<WorkspaceRecord>();
    }
}
