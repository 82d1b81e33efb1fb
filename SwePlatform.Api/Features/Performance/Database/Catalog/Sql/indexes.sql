SELECT s.schemaname::text, s.relname::text, s.indexrelname::text, pg_relation_size(s.indexrelid), s.idx_scan, s.idx_tup_read, i.indisunique, i.indisvalid, pg_get_indexdef(s.indexrelid)
FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
ORDER BY 4 DESC, 1, 3 LIMIT $1
