using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <inheritdoc />
    public partial class Outcomes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "outcome",
                table: "executions",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "outcome_text",
                table: "executions",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            // What was run before outcomes were recorded tells its own in its result, unless that is too large for the row.
            migrationBuilder.Sql(
                """
                UPDATE executions SET outcome = 'failed', outcome_text = CASE
                    WHEN result->>'stopped' IS NOT NULL THEN 'stopped: ' || replace(result->>'stopped', '_', ' ')
                    WHEN (result->'counts'->>'failed')::int > 0
                        THEN format('%s of %s failed', result->'counts'->>'failed', result->'counts'->>'total')
                    WHEN json_array_length(result->'errors') = 1 THEN '1 error'
                    WHEN json_array_length(result->'errors') > 1 THEN json_array_length(result->'errors') || ' errors'
                    ELSE 'exit ' || (result->>'exitCode') END
                WHERE status = 'succeeded' AND result IS NOT NULL AND (
                    tool_name = 'process.run' AND (result->>'exitCode' <> '0' OR result->>'stopped' IS NOT NULL)
                    OR tool_name IN ('project.build', 'project.test') AND result->>'success' = 'false')
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "outcome",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "outcome_text",
                table: "executions");
        }
    }
}
