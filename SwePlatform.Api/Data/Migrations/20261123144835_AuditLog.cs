using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SwePlatform.Api.Data.Migrations
{
    /// <summary>The audit log: partitioned by month, append-only, with the end of its chain in a row of its own.</summary>
    public partial class AuditLog : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE SCHEMA IF NOT EXISTS audit;

            CREATE TABLE audit.audit_log (
                id uuid NOT NULL,
                sequence bigint NOT NULL,
                timestamp timestamptz NOT NULL,
                actor_id uuid,
                actor text,
                event_type text NOT NULL,
                resource text,
                outcome text NOT NULL,
                request_id text,
                client_address text,
                details json,
                previous_hash bytea NOT NULL,
                hash bytea NOT NULL,
                PRIMARY KEY (timestamp, id)
            ) PARTITION BY RANGE (timestamp);

            CREATE INDEX idx_audit_logs_timestamp ON audit.audit_log (timestamp DESC);
            CREATE INDEX idx_audit_logs_sequence ON audit.audit_log (sequence DESC);
            CREATE INDEX idx_audit_logs_actor_id ON audit.audit_log (actor_id, sequence DESC);
            CREATE INDEX idx_audit_logs_event_type ON audit.audit_log (event_type, sequence DESC);
            CREATE INDEX idx_audit_logs_id ON audit.audit_log (id);

            -- Takes what no month's partition takes, so that no entry is ever refused.
            CREATE TABLE audit.audit_log_default PARTITION OF audit.audit_log DEFAULT;
            DO $$
            DECLARE
                month date := date_trunc('month', now() AT TIME ZONE 'UTC');
            BEGIN
                FOR ahead IN 0..2 LOOP
                    EXECUTE format('CREATE TABLE audit.audit_log_%s PARTITION OF audit.audit_log FOR VALUES FROM (%L) TO (%L)',
                        to_char(month, 'YYYY_MM'), month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00');
                    month := month + interval '1 month';
                END LOOP;
            END $$;

            CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit log is append-only';
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.audit_log FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
            CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit.audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

            CREATE TABLE audit.audit_end (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                sequence bigint NOT NULL,
                hash bytea NOT NULL
            );
            INSERT INTO audit.audit_end (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP SCHEMA audit CASCADE;");
    }
}
