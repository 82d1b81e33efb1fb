-- Foreign keys whose columns begin no index: each delete in the other table reads this one as a whole.
SELECT n.nspname::text, t.relname::text, array_agg(a.attname::text ORDER BY k.place), (CASE WHEN t.reltuples > 0 THEN t.reltuples ELSE coalesce(s.n_live_tup, 0) END)::bigint, t.relpages::bigint * current_setting('block_size')::int,
       f.conname::text, rn.nspname || '.' || r.relname, t.relkind = 'p'
FROM pg_constraint f
JOIN pg_class t ON t.oid = f.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class r ON r.oid = f.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = t.oid
CROSS JOIN LATERAL unnest(f.conkey) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indpred IS NULL
       AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey)
GROUP BY f.oid, f.conname, n.nspname, t.relname, t.reltuples, s.n_live_tup, t.oid, t.relkind, t.relpages, rn.nspname, r.relname
ORDER BY 4 DESC, 1, 2
