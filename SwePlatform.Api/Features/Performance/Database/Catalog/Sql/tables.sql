-- The bloat is an estimate: pages in use beyond those that the rows need by their average width.
SELECT s.schemaname::text, s.relname::text, s.n_live_tup, s.n_dead_tup, pg_relation_size(s.relid), pg_indexes_size(s.relid), pg_total_relation_size(s.relid),
       coalesce(s.seq_scan, 0), coalesce(s.idx_scan, 0), s.n_tup_ins + s.n_tup_upd + s.n_tup_del,
       greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze),
       CASE WHEN c.reltuples > 0 AND w.width IS NOT NULL THEN
           greatest(0, c.relpages - ceil(c.reltuples * (w.width + 28) / (current_setting('block_size')::int - 24)))::bigint * current_setting('block_size')::int END
FROM pg_stat_user_tables s
JOIN pg_class c ON c.oid = s.relid
LEFT JOIN (SELECT schemaname, tablename, sum((1 - null_frac) * avg_width)::float8 AS width FROM pg_stats WHERE NOT inherited GROUP BY 1, 2) w
       ON w.schemaname = s.schemaname AND w.tablename = s.relname
ORDER BY 7 DESC, 1, 2 LIMIT $1
