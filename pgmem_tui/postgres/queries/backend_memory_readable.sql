-- Whether backend_memory.sql would run for this user on this server. Never fails.
SELECT
    COALESCE(
        pg_catalog.has_table_privilege(
            pg_catalog.to_regclass('pg_catalog.pg_backend_memory_contexts')::pg_catalog.oid, 'SELECT'
        ),
        false
    )
    AND COALESCE(
        pg_catalog.has_function_privilege(
            pg_catalog.to_regprocedure('pg_catalog.pg_get_backend_memory_contexts()')::pg_catalog.oid, 'EXECUTE'
        ),
        false
    )
