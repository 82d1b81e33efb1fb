using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <inheritdoc />
    public partial class LoadTests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "load_test_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    scenario = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    runner = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    commit = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    fingerprint = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    cpu_model = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    cores = table.Column<int>(type: "integer", nullable: false),
                    memory_megabytes = table.Column<long>(type: "bigint", nullable: false),
                    os = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    duration_seconds = table.Column<double>(type: "double precision", nullable: false),
                    summary = table.Column<string>(type: "json", nullable: false),
                    passed = table.Column<bool>(type: "boolean", nullable: false),
                    regressed = table.Column<bool>(type: "boolean", nullable: false),
                    is_baseline = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    figures = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_load_test_runs", x => x.id);
                    table.ForeignKey(
                        name: "fk_load_test_runs_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "auth",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "idx_load_test_runs_baseline",
                table: "load_test_runs",
                columns: new[] { "fingerprint", "scenario", "runner" },
                unique: true,
                filter: "is_baseline");

            migrationBuilder.CreateIndex(
                name: "idx_load_test_runs_comparable",
                table: "load_test_runs",
                columns: new[] { "fingerprint", "scenario", "runner", "started_at" });

            migrationBuilder.CreateIndex(
                name: "idx_load_test_runs_user_id",
                table: "load_test_runs",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "load_test_runs");
        }
    }
}
