-- Every name that could have been meant, and whether it needs no schema before it.
SELECT
    n.nspname,
    c.relname,
    (n.nspname = ANY (pg_catalog.current_schemas(true)))::pg_catalog.int4
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND c.relpersistence <> 't'
    AND (
        %(system)s
        OR NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_'))
    )
