using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The tables of this feature.</summary>
internal static class ExecutionData
{
    extension(SweDbContext data)
    {
        public DbSet<Execution> Executions => data.Set<Execution>();
        public DbSet<ExecutionOutput> ExecutionOutputs => data.Set<ExecutionOutput>();
        public DbSet<CachedResult> CachedResults => data.Set<CachedResult>();
    }
}
