using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Projects;

/// <summary>The tables of this feature.</summary>
internal static class ProjectData
{
    extension(SweDbContext data)
    {
        public DbSet<Project> Projects => data.Set<Project>();
    }
}
