using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <inheritdoc />
    public partial class LongExecutions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "idx_executions_running",
                table: "executions");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "cancel_requested_at",
                table: "executions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "generation",
                table: "executions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "lease_owner",
                table: "executions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_until",
                table: "executions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "started_at",
                table: "executions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "timings_saved",
                table: "executions",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<string>(
                name: "tree",
                table: "executions",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "workspace",
                table: "executions",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "cached_results",
                columns: table => new
                {
                    key = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cached_results", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    resource_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => new { x.user_id, x.key });
                    table.ForeignKey(
                        name: "fk_idempotency_keys_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "auth",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "idx_executions_unfinished",
                table: "executions",
                column: "lease_until",
                filter: "status IN ('queued', 'running')");

            migrationBuilder.CreateIndex(
                name: "idx_cached_results_created_at",
                table: "cached_results",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "idx_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cached_results");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropIndex(
                name: "idx_executions_unfinished",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "cancel_requested_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "generation",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "lease_owner",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "lease_until",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "started_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "timings_saved",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "tree",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "workspace",
                table: "executions");

            migrationBuilder.CreateIndex(
                name: "idx_executions_running",
                table: "executions",
                column: "created_at",
                filter: "status = 'running'");
        }
    }
}
