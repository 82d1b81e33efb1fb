using Microsoft.EntityFrameworkCore;

namespace SwePlatform.Api.Data;

/// <summary>
/// The database. It knows no table: each feature maps its own, and names its sets with an extension of this class.
/// </summary>
internal sealed class SweDbContext(DbContextOptions<SweDbContext> options) : DbContext(options)
{
    public const string AuthSchema = "auth";
    public const string AuditSchema = "audit";

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SweDbContext).Assembly);
}
