-- The relation of that name: in the schema given, else the first on the search path, as psql resolves it.
SELECT
    pg_catalog.current_database(),
    c.oid::pg_catalog.int8,
    c.relkind
FROM (SELECT 1) AS always
LEFT JOIN (
    pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
)
    ON c.relname = %(name)s::pg_catalog.name
    AND CASE
        WHEN %(schema)s::pg_catalog.text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
        ELSE n.nspname = %(schema)s::pg_catalog.text::pg_catalog.name
    END
