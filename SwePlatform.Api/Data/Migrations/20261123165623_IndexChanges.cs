using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <inheritdoc />
    public partial class IndexChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "index_changes",
                schema: "performance",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    table_name = table.Column<string>(type: "text", nullable: false),
                    index_name = table.Column<string>(type: "text", nullable: false),
                    ddl = table.Column<string>(type: "text", nullable: false),
                    undo_ddl = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    query = table.Column<string>(type: "text", nullable: true),
                    plan_before = table.Column<string>(type: "json", nullable: true),
                    plan_after = table.Column<string>(type: "json", nullable: true),
                    cost_before = table.Column<double>(type: "double precision", nullable: true),
                    cost_after = table.Column<double>(type: "double precision", nullable: true),
                    index_bytes = table.Column<long>(type: "bigint", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_index_changes", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "index_changes",
                schema: "performance");
        }
    }
}
