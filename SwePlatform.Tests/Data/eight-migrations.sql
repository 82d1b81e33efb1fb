CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    migration_id character varying(150) NOT NULL,
    product_version character varying(32) NOT NULL,
    CONSTRAINT pk___ef_migrations_history PRIMARY KEY (migration_id)
);

START TRANSACTION;
DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'auth') THEN
        CREATE SCHEMA auth;
    END IF;
END $EF$;

CREATE TABLE cached_results (
    key character varying(64) NOT NULL,
    content bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_cached_results PRIMARY KEY (key)
);

CREATE TABLE auth.sign_in_failures (
    key bytea NOT NULL,
    count integer NOT NULL,
    window_start timestamp with time zone NOT NULL,
    CONSTRAINT pk_sign_in_failures PRIMARY KEY (key)
);

CREATE TABLE auth.users (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    display_name character varying(100) NOT NULL,
    password_hash text NOT NULL,
    role character varying(20) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id)
);

CREATE TABLE auth.api_keys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name character varying(100) NOT NULL,
    start character varying(16) NOT NULL,
    hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE
);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, key),
    CONSTRAINT fk_idempotency_keys_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE
);

CREATE TABLE projects (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name character varying(100) NOT NULL,
    repository_url character varying(2048) NOT NULL,
    default_branch character varying(255),
    status character varying(20) NOT NULL,
    status_message text,
    allow_network boolean NOT NULL,
    head_commit text,
    head_tree text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    synced_at timestamp with time zone,
    sync_requested_at timestamp with time zone,
    lease_until timestamp with time zone,
    CONSTRAINT pk_projects PRIMARY KEY (id),
    CONSTRAINT fk_projects_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE RESTRICT
);

CREATE TABLE auth.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE
);

CREATE TABLE auth.sign_in_codes (
    hash bytea NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT pk_sign_in_codes PRIMARY KEY (hash),
    CONSTRAINT fk_sign_in_codes_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE
);

CREATE TABLE executions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    tool_name character varying(200) NOT NULL,
    project_id uuid,
    commit character varying(64),
    tree character varying(64),
    workspace character varying(100),
    arguments json NOT NULL,
    status character varying(20) NOT NULL,
    result json,
    result_bytes integer,
    error_code character varying(50),
    error_message text,
    cached boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    lease_owner uuid,
    lease_until timestamp with time zone,
    generation integer NOT NULL,
    timings_cache double precision NOT NULL,
    timings_execute double precision NOT NULL,
    timings_prepare double precision NOT NULL,
    timings_queue double precision NOT NULL,
    timings_saved double precision NOT NULL,
    timings_serialize double precision NOT NULL,
    timings_total double precision NOT NULL,
    CONSTRAINT pk_executions PRIMARY KEY (id),
    CONSTRAINT fk_executions_projects_project_id FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE SET NULL,
    CONSTRAINT fk_executions_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE
);

CREATE TABLE workspaces (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name character varying(100) NOT NULL,
    branch character varying(120) NOT NULL,
    from_commit character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (id),
    CONSTRAINT fk_workspaces_projects_project_id FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT fk_workspaces_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE RESTRICT
);

CREATE TABLE auth.refresh_tokens (
    hash bytea NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (hash),
    CONSTRAINT fk_refresh_tokens_sessions_session_id FOREIGN KEY (session_id) REFERENCES auth.sessions (id) ON DELETE CASCADE
);

CREATE TABLE execution_outputs (
    execution_id uuid NOT NULL,
    content json NOT NULL,
    CONSTRAINT pk_execution_outputs PRIMARY KEY (execution_id),
    CONSTRAINT fk_execution_outputs_executions_execution_id FOREIGN KEY (execution_id) REFERENCES executions (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX idx_api_keys_hash ON auth.api_keys (hash);

CREATE INDEX idx_api_keys_user_id ON auth.api_keys (user_id);

CREATE INDEX idx_cached_results_created_at ON cached_results (created_at);

CREATE INDEX idx_executions_project_id ON executions (project_id, id DESC);

CREATE INDEX idx_executions_tool_name ON executions (tool_name, id DESC);

CREATE INDEX idx_executions_unfinished ON executions (lease_until) WHERE status IN ('queued', 'running');

CREATE INDEX idx_executions_user_id ON executions (user_id, id DESC);

CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE INDEX idx_projects_sync_requested_at ON projects (sync_requested_at) WHERE sync_requested_at IS NOT NULL;

CREATE INDEX idx_projects_user_id ON projects (user_id);

CREATE UNIQUE INDEX idx_projects_user_id_name ON projects (user_id, name);

CREATE INDEX idx_refresh_tokens_session_id ON auth.refresh_tokens (session_id);

CREATE INDEX idx_sessions_user_id ON auth.sessions (user_id);

CREATE INDEX idx_sign_in_codes_user_id ON auth.sign_in_codes (user_id);

CREATE UNIQUE INDEX idx_users_email ON auth.users (email);

CREATE UNIQUE INDEX idx_workspaces_project_id_name ON workspaces (project_id, name);

CREATE INDEX idx_workspaces_user_id ON workspaces (user_id);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123144826_Initial', '10.0.15');

COMMIT;

START TRANSACTION;
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

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123144835_AuditLog', '10.0.15');

COMMIT;

START TRANSACTION;
CREATE TABLE load_test_runs (
    id uuid NOT NULL,
    user_id uuid,
    scenario character varying(50) NOT NULL,
    runner character varying(50) NOT NULL,
    commit character varying(64),
    fingerprint character varying(64) NOT NULL,
    cpu_model character varying(200) NOT NULL,
    cores integer NOT NULL,
    memory_megabytes bigint NOT NULL,
    os character varying(200) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_seconds double precision NOT NULL,
    summary json NOT NULL,
    passed boolean NOT NULL,
    regressed boolean NOT NULL,
    is_baseline boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    figures jsonb,
    CONSTRAINT pk_load_test_runs PRIMARY KEY (id),
    CONSTRAINT fk_load_test_runs_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE SET NULL
);

CREATE UNIQUE INDEX idx_load_test_runs_baseline ON load_test_runs (fingerprint, scenario, runner) WHERE is_baseline;

CREATE INDEX idx_load_test_runs_comparable ON load_test_runs (fingerprint, scenario, runner, started_at);

CREATE INDEX idx_load_test_runs_user_id ON load_test_runs (user_id);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123152556_LoadTests', '10.0.15');

COMMIT;

START TRANSACTION;
DO $EF$
BEGIN
    IF NOT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'performance') THEN
        CREATE SCHEMA performance;
    END IF;
END $EF$;

CREATE TABLE performance.latency_rollups (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    level smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    errors bigint NOT NULL,
    rejected bigint NOT NULL,
    sum_microseconds bigint NOT NULL,
    max_microseconds bigint NOT NULL,
    buckets integer[] NOT NULL,
    counts bigint[] NOT NULL,
    CONSTRAINT pk_latency_rollups PRIMARY KEY (id)
);

CREATE TABLE performance.slow_requests (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    endpoint character varying(300) NOT NULL,
    method character varying(10) NOT NULL,
    status integer NOT NULL,
    duration_ms double precision NOT NULL,
    trace_id character varying(64) NOT NULL,
    user_id uuid,
    spans jsonb NOT NULL,
    CONSTRAINT pk_slow_requests PRIMARY KEY (id)
);

CREATE TABLE performance.value_rollups (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    level smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    replica text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    sum double precision NOT NULL,
    count bigint NOT NULL,
    max double precision NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT pk_value_rollups PRIMARY KEY (id)
);

CREATE INDEX idx_latency_rollups_level_at ON performance.latency_rollups (level, at);

CREATE INDEX idx_slow_requests_at ON performance.slow_requests (at);

CREATE INDEX idx_value_rollups_level_at ON performance.value_rollups (level, at);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123160204_Performance', '10.0.15');

COMMIT;

START TRANSACTION;
ALTER TABLE execution_outputs ALTER COLUMN content TYPE bytea USING convert_to(content::text, 'UTF8');

ALTER TABLE execution_outputs ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE cached_results ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE tool_imports (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name character varying(24) NOT NULL,
    title character varying(200),
    open_api_version character varying(20) NOT NULL,
    spec_url character varying(2000),
    base_url character varying(2000) NOT NULL,
    is_base_url_given boolean NOT NULL,
    credential bytea,
    shared boolean NOT NULL,
    version integer NOT NULL,
    operations bytea NOT NULL,
    tool_count integer NOT NULL,
    skipped_count integer NOT NULL,
    skipped json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_tool_imports PRIMARY KEY (id),
    CONSTRAINT fk_tool_imports_users_user_id FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE RESTRICT
);

CREATE UNIQUE INDEX idx_tool_imports_shared_name ON tool_imports (name) WHERE shared;

CREATE UNIQUE INDEX idx_tool_imports_user_id_name ON tool_imports (user_id, name);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123160810_ToolImports', '10.0.15');

COMMIT;

START TRANSACTION;
CREATE TABLE settings (
    key character varying(100) NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    updated_by uuid,
    CONSTRAINT pk_settings PRIMARY KEY (key)
);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123162408_Settings', '10.0.15');

COMMIT;

START TRANSACTION;
CREATE TABLE performance.index_changes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind character varying(20) NOT NULL,
    status character varying(20) NOT NULL,
    table_name text NOT NULL,
    index_name text NOT NULL,
    ddl text NOT NULL,
    undo_ddl text NOT NULL,
    reason text NOT NULL,
    query text,
    plan_before json,
    plan_after json,
    cost_before double precision,
    cost_after double precision,
    index_bytes bigint,
    error text,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT pk_index_changes PRIMARY KEY (id)
);

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123165623_IndexChanges', '10.0.15');

COMMIT;

START TRANSACTION;
CREATE TABLE audit.audit_start (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO audit.audit_start (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

INSERT INTO "__EFMigrationsHistory" (migration_id, product_version)
VALUES ('20261123165701_AuditRetention', '10.0.15');

COMMIT;

