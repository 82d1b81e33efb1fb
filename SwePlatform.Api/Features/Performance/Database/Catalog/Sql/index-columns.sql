-- The columns of each index that can serve any row, in their order; an expression stands as an empty name.
SELECT n.nspname::text, t.relname::text, array_agg(coalesce(a.attname::text, '') ORDER BY k.place)
FROM pg_index i
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0
WHERE i.indisvalid AND i.indpred IS NULL AND k.place <= i.indnkeyatts AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
GROUP BY i.indexrelid, n.nspname, t.relname
