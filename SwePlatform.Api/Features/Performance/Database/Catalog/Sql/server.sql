SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_postmaster_start_time(), current_database()::text,
       pg_database_size(current_database()), (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()),
       current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int
