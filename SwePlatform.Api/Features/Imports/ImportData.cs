using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Imports;

/// <summary>The tables of this feature.</summary>
internal static class ImportData
{
    extension(SweDbContext data)
    {
        public DbSet<ToolImport> ToolImports => data.Set<ToolImport>();
    }
}
