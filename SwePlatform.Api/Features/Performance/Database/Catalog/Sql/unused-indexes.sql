-- Not those that keep a rule, order the replication or belong to a partitioned table's index.
SELECT s.schemaname::text, s.relname::text, s.indexrelname::text, x.relpages::bigint * current_setting('block_size')::int, c.relpages::bigint * current_setting('block_size')::int, greatest(c.reltuples, 0)::bigint,
       pg_get_indexdef(s.indexrelid), s2.n_tup_ins + s2.n_tup_upd + s2.n_tup_del,
       EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = s.relid AND f.conkey[1] = (i.indkey::int2[])[0]),
       (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts)
FROM pg_stat_user_indexes s
JOIN pg_stat_user_tables s2 USING (relid)
JOIN pg_class c ON c.oid = s.relid
JOIN pg_class x ON x.oid = s.indexrelid
JOIN pg_index i ON i.indexrelid = s.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_locks WHERE relation = s.relid AND mode = 'AccessExclusiveLock')
  AND s.idx_scan = 0 AND i.indisvalid AND NOT i.indisunique AND NOT i.indisreplident AND NOT i.indisexclusion
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = s.indexrelid)
  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = s.indexrelid)
ORDER BY 4 DESC, 1, 3
