SELECT n.nspname::text, t.relname::text, x.relname::text, x.relpages::bigint * current_setting('block_size')::int, t.relpages::bigint * current_setting('block_size')::int, greatest(t.reltuples, 0)::bigint, pg_get_indexdef(x.oid)
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_locks WHERE relation = t.oid AND mode = 'AccessExclusiveLock')
  AND NOT i.indisvalid AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.oid)
ORDER BY 1, 3
