-- Bytes allocated by this session's process, contexts of the memory manager only.
-- PostgreSQL 14 and later; it is refused to most users, which would end the transaction:
-- run it only where backend_memory_readable.sql says true.
SELECT pg_catalog.sum(total_bytes)::pg_catalog.text
FROM pg_catalog.pg_backend_memory_contexts
