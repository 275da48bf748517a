-- This session's cursors, its transaction and snapshot, what it may ask further: one JSON object. Never writes.
-- No statistics view is asked: each would leave a copy of all sessions' in this one's memory.
SELECT pg_catalog.json_build_object(
    'cursors', (
        SELECT COALESCE(pg_catalog.json_agg(pg_catalog.row_to_json(cursor)), '[]')
        FROM (
            SELECT
                name,
                pg_catalog.left(statement, %(longest)s) AS statement,
                pg_catalog.length(statement) AS length,
                is_holdable AS holdable,
                is_binary AS is_binary,
                is_scrollable AS scrollable,
                EXTRACT(epoch FROM creation_time) AS created
            FROM pg_catalog.pg_cursors
            ORDER BY creation_time
            LIMIT %(most)s
        ) AS cursor
    ),
    'more', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_cursors),
    'pid', pg_catalog.pg_backend_pid(),
    'xid', {xid}()::pg_catalog.text,
    'snapshot', pg_catalog.left({snapshot}()::pg_catalog.text, %(longest)s),
    'isolation', pg_catalog.current_setting('transaction_isolation'),
    'read_only', pg_catalog.current_setting('transaction_read_only'),
    'age', EXTRACT(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp()),
    'xmin', CASE
        WHEN pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'read committed'
            THEN {xmin}({snapshot}())::pg_catalog.text
    END,
    'may_list_files', COALESCE(
        pg_catalog.has_function_privilege(
            pg_catalog.to_regprocedure('pg_catalog.pg_ls_tmpdir(oid)')::pg_catalog.oid, 'EXECUTE'
        ),
        false
    ),
    'may_ask_memory', COALESCE(
        pg_catalog.has_table_privilege(
            pg_catalog.to_regclass('pg_catalog.pg_backend_memory_contexts')::pg_catalog.oid, 'SELECT'
        ),
        false
    ) AND COALESCE(
        pg_catalog.has_function_privilege(
            pg_catalog.to_regprocedure('pg_catalog.pg_get_backend_memory_contexts()')::pg_catalog.oid, 'EXECUTE'
        ),
        false
    )
)
