-- Whether backend_memory.sql would run for this user on this server. Never fails.
SELECT coalesce(has_table_privilege(to_regclass('pg_catalog.pg_backend_memory_contexts'), 'SELECT'), false)
   AND coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_get_backend_memory_contexts()'), 'EXECUTE'), false)
