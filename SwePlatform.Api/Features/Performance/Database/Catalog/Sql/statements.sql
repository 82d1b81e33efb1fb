-- $1: mean or total; $2: how many; $3: least number of calls
SELECT queryid, min(query), sum(calls)::bigint AS calls, sum(total_exec_time) / greatest(sum(calls), 1) AS mean,
       max(max_exec_time), sum(total_exec_time) AS total, sum(rows)::bigint, sum(shared_blks_hit)::bigint, sum(shared_blks_read)::bigint
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND queryid IS NOT NULL AND query <> '<insufficient privilege>' AND query NOT ILIKE '%pg_stat_%' AND query NOT ILIKE '%swe_advice%'
GROUP BY queryid HAVING sum(calls) >= $3
ORDER BY CASE $1 WHEN 'mean' THEN sum(total_exec_time) / greatest(sum(calls), 1) ELSE sum(total_exec_time) END DESC
LIMIT $2
