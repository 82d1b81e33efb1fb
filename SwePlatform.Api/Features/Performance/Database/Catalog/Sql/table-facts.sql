-- $1: only this table, written as schema.table; null for all. Partitions name the table that they are a part of.
SELECT n.nspname::text, c.relname::text, (CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(s.n_live_tup, 0) END)::bigint, c.relpages::bigint * current_setting('block_size')::int, coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0),
       c.relkind = 'p', CASE WHEN c.relispartition THEN (SELECT rn.nspname || '.' || r.relname FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
                                                        WHERE r.oid = pg_partition_root(c.oid)) END,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND y.typname NOT IN ('json', 'xml', 'xid') AND y.typcategory <> 'G')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
  AND ($1::text IS NULL OR n.nspname || '.' || c.relname = $1)
