using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <summary>Where the chain of the audit log begins, now that old months may be dropped.</summary>
    public partial class AuditRetention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE audit.audit_start (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                sequence bigint NOT NULL,
                hash bytea NOT NULL
            );
            INSERT INTO audit.audit_start (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE audit.audit_start;");
    }
}
