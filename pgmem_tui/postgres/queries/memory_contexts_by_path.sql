-- This session's memory contexts since PostgreSQL 18: each one right before those in it.
SELECT
    name,
    ident,
    level,
    total_bytes,
    used_bytes,
    pg_catalog.count(*) OVER (),
    pg_catalog.sum(total_bytes) OVER ()
FROM pg_catalog.pg_backend_memory_contexts
ORDER BY path
LIMIT %(most)s
