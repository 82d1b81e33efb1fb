using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <inheritdoc />
    public partial class ToolImports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What is there is taken over as it is: a reader knows packed from plain by the first byte.
            migrationBuilder.Sql("ALTER TABLE execution_outputs ALTER COLUMN content TYPE bytea USING convert_to(content::text, 'UTF8')");

            // Packed already; a second compression would only take time.
            migrationBuilder.Sql("ALTER TABLE execution_outputs ALTER COLUMN content SET STORAGE EXTERNAL");
            migrationBuilder.Sql("ALTER TABLE cached_results ALTER COLUMN content SET STORAGE EXTERNAL");

            migrationBuilder.CreateTable(
                name: "tool_imports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    open_api_version = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    spec_url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    base_url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    is_base_url_given = table.Column<bool>(type: "boolean", nullable: false),
                    credential = table.Column<byte[]>(type: "bytea", nullable: true),
                    shared = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    operations = table.Column<byte[]>(type: "bytea", nullable: false),
                    tool_count = table.Column<int>(type: "integer", nullable: false),
                    skipped_count = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<string>(type: "json", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tool_imports", x => x.id);
                    table.ForeignKey(
                        name: "fk_tool_imports_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "auth",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "idx_tool_imports_shared_name",
                table: "tool_imports",
                column: "name",
                unique: true,
                filter: "shared");

            migrationBuilder.CreateIndex(
                name: "idx_tool_imports_user_id_name",
                table: "tool_imports",
                columns: new[] { "user_id", "name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "tool_imports");

            // Packed results cannot be unpacked by the database.
            migrationBuilder.Sql("DELETE FROM execution_outputs WHERE get_byte(content, 0) = 1");
            migrationBuilder.Sql("ALTER TABLE execution_outputs ALTER COLUMN content TYPE json USING convert_from(content, 'UTF8')::json");
        }
    }
}
