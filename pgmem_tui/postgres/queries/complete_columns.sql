-- The columns of some relations, each named as in FROM, in the order asked for.
SELECT
    w.place,
    n.nspname,
    pg_catalog.quote_ident(n.nspname),
    a.attname,
    pg_catalog.quote_ident(a.attname),
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    pg_catalog.has_column_privilege(c.oid, a.attnum, %(privilege)s)::pg_catalog.int4
FROM ROWS FROM (
    pg_catalog.unnest(%(schemas)s::pg_catalog.text[]),
    pg_catalog.unnest(%(names)s::pg_catalog.text[])
) WITH ORDINALITY AS w (schema, name, place)
JOIN pg_catalog.pg_class AS c ON c.relname = w.name::pg_catalog.name
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND CASE
        WHEN w.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
        ELSE n.nspname = w.schema::pg_catalog.name
    END
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY w.place, a.attnum
LIMIT %(most)s
