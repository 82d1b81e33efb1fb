-- A definition is asked for by a lock on the table: without one if the table is locked.
SELECT s.schemaname::text, s.relname::text, s.indexrelname::text, x.relpages::bigint * current_setting('block_size')::int, s.idx_scan, s.idx_tup_read, i.indisunique, i.indisvalid, CASE WHEN NOT EXISTS (SELECT FROM pg_locks WHERE relation = s.relid AND mode = 'AccessExclusiveLock')
            THEN pg_get_indexdef(s.indexrelid) ELSE '' END
FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid) JOIN pg_class x ON x.oid = s.indexrelid
ORDER BY 4 DESC, 1, 3 LIMIT $1
