-- Sizes are asked for by a lock, so those of tables that are locked come from the last vacuum instead: this is for finding out who holds what.
WITH locked AS (SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock')
-- The bloat is an estimate: pages in use beyond those that the rows need by their average width.
SELECT s.schemaname::text, s.relname::text, s.n_live_tup, s.n_dead_tup, z.heap, z.whole - z.tables, z.whole,
       coalesce(s.seq_scan, 0), coalesce(s.idx_scan, 0), s.n_tup_ins + s.n_tup_upd + s.n_tup_del,
       greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze),
       CASE WHEN c.reltuples > 0 AND w.width IS NOT NULL THEN
           greatest(0, c.relpages - ceil(c.reltuples * (w.width + 28) / (current_setting('block_size')::int - 24)))::bigint * current_setting('block_size')::int END
FROM pg_stat_user_tables s
JOIN pg_class c ON c.oid = s.relid
CROSS JOIN LATERAL (
    SELECT pg_relation_size(s.relid) AS heap, pg_table_size(s.relid) AS tables, pg_total_relation_size(s.relid) AS whole
    WHERE NOT EXISTS (SELECT FROM locked WHERE relation IN (s.relid, c.reltoastrelid) OR relation IN (SELECT indexrelid FROM pg_index WHERE indrelid = s.relid))
    UNION ALL
    SELECT pages, pages, pages FROM (SELECT c.relpages::bigint * current_setting('block_size')::int) AS p(pages)
    WHERE EXISTS (SELECT FROM locked WHERE relation IN (s.relid, c.reltoastrelid) OR relation IN (SELECT indexrelid FROM pg_index WHERE indrelid = s.relid))) z
LEFT JOIN (SELECT schemaname, tablename, sum((1 - null_frac) * avg_width)::float8 AS width FROM pg_stats WHERE NOT inherited GROUP BY 1, 2) w
       ON w.schemaname = s.schemaname AND w.tablename = s.relname
ORDER BY 7 DESC, 1, 2 LIMIT $1
