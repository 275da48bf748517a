-- This session's memory contexts before PostgreSQL 18: the server tells each one right before those in it.
SELECT
    name,
    ident,
    level,
    total_bytes,
    used_bytes,
    pg_catalog.count(*) OVER (),
    pg_catalog.sum(total_bytes) OVER ()
FROM pg_catalog.pg_backend_memory_contexts
LIMIT %(most)s
