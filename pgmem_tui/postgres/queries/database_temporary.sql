-- Bytes of temporary files that this database's sessions have written, counted as their transactions end.
SELECT pg_catalog.pg_stat_get_db_temp_bytes(oid)
FROM pg_catalog.pg_database
WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
