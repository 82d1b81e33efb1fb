-- An index is redundant if another of its table begins with the same columns, in the same order and by the same rules.
WITH candidates AS (
    SELECT i.indexrelid, i.indrelid, i.indisunique, i.indnkeyatts, i.indnatts, x.relam, i.indkey::int2[] AS keys, i.indclass::oid[] AS classes, i.indcollation::oid[] AS collations,
           i.indoption::int2[] AS options, coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
           EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS constrains, EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid) AS inherited
    FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
    JOIN pg_namespace n ON n.oid = x.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_locks WHERE relation = i.indrelid AND mode = 'AccessExclusiveLock')
      AND i.indisvalid AND i.indexprs IS NULL AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%')
SELECT DISTINCT ON (d.indexrelid)
       n.nspname::text, t.relname::text, xd.relname::text, xd.relpages::bigint * current_setting('block_size')::int, t.relpages::bigint * current_setting('block_size')::int, greatest(t.reltuples, 0)::bigint, pg_get_indexdef(d.indexrelid),
       xk.relname::text, pg_get_indexdef(k.indexrelid), k.indnkeyatts = d.indnkeyatts,
       (SELECT array_agg(a.attname::text ORDER BY c.place) FROM unnest(d.keys) WITH ORDINALITY AS c(number, place)
        JOIN pg_attribute a ON a.attrelid = d.indrelid AND a.attnum = c.number WHERE c.place <= d.indnkeyatts)
FROM candidates d
JOIN candidates k ON k.indrelid = d.indrelid AND k.indexrelid <> d.indexrelid AND k.predicate = d.predicate AND k.indnkeyatts >= d.indnkeyatts
 AND k.keys[0:d.indnkeyatts - 1] = d.keys[0:d.indnkeyatts - 1] AND k.classes[0:d.indnkeyatts - 1] = d.classes[0:d.indnkeyatts - 1]
 AND k.collations[0:d.indnkeyatts - 1] = d.collations[0:d.indnkeyatts - 1] AND k.options[0:d.indnkeyatts - 1] = d.options[0:d.indnkeyatts - 1]
JOIN pg_class t ON t.oid = d.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class xd ON xd.oid = d.indexrelid
JOIN pg_class xk ON xk.oid = k.indexrelid
WHERE NOT d.indisunique AND NOT d.constrains AND NOT d.inherited AND d.indnatts = d.indnkeyatts
  -- Of two equal ones the younger goes, unless the other keeps a rule.
  AND (k.indnkeyatts > d.indnkeyatts OR k.indisunique OR k.constrains OR k.indnatts > k.indnkeyatts OR k.indexrelid < d.indexrelid)
ORDER BY d.indexrelid, k.indnkeyatts DESC, k.indexrelid
