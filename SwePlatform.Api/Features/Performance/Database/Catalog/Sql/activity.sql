-- $1: seconds from which a query or transaction is long
SELECT pid, coalesce(state, ''), application_name, coalesce(usename, '')::text, query, wait_event_type, wait_event,
       extract(epoch FROM clock_timestamp() - query_start)::float8, extract(epoch FROM clock_timestamp() - xact_start)::float8, pg_blocking_pids(pid)
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'
  AND (clock_timestamp() - xact_start > make_interval(secs => $1) OR cardinality(pg_blocking_pids(pid)) > 0)
ORDER BY xact_start LIMIT 50
