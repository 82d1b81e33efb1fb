using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>The tables of this feature.</summary>
internal static class LoadTestData
{
    extension(SweDbContext data)
    {
        public DbSet<LoadTestRun> LoadTestRuns => data.Set<LoadTestRun>();
    }
}
