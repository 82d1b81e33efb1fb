using Microsoft.EntityFrameworkCore;

namespace SwePlatform.Api.Data;

/// <summary>
/// The database. It knows no table: each feature maps its own, and names its sets with an extension of this class.
/// </summary>
internal sealed class SweDbContext(DbContextOptions<SweDbContext> options) : DbContext(options)
{
    public const string AuthSchema = "auth";
    public const string AuditSchema = "audit";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SweDbContext).Assembly);
        // By tables, whichever of them was mapped first.
        foreach (var key in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetForeignKeys()).Where(key => !key.IsOwnership))
        {
            var columns = string.Join('_', key.Properties.Select(property => property.GetColumnName()));
            key.SetConstraintName($"fk_{key.DeclaringEntityType.GetTableName()}_{key.PrincipalEntityType.GetTableName()}_{columns}");
        }
    }
}
