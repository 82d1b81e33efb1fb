SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'),
       coalesce(current_setting('shared_preload_libraries', true) LIKE '%pg_stat_statements%', false)
