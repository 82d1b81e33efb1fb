SELECT coalesce(state, 'starting'), application_name, datname = current_database(), count(*)
FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname IS NOT NULL
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2
