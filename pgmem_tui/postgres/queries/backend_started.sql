-- When this session's server process started, in seconds since the epoch.
SELECT extract(epoch FROM backend_start)
FROM pg_catalog.pg_stat_activity
WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
