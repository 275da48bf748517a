-- The columns that functions in FROM return: named results, else those of the composite type they return.
-- Of functions of the same name, the first that has any.
SELECT w.place, r.name, pg_catalog.quote_ident(r.name), r.type
FROM ROWS FROM (
    pg_catalog.unnest(%(schemas)s::pg_catalog.text[]),
    pg_catalog.unnest(%(names)s::pg_catalog.text[])
) WITH ORDINALITY AS w (schema, name, place)
JOIN LATERAL (
    SELECT p.oid, p.proargnames, p.proallargtypes, p.proargmodes, t.typrelid
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype
    WHERE p.proname = w.name::pg_catalog.name
        AND CASE
            WHEN w.schema IS NULL THEN pg_catalog.pg_function_is_visible(p.oid)
            ELSE n.nspname = w.schema::pg_catalog.name
        END
        AND (p.proargmodes && '{o,b,t}'::pg_catalog."char"[] OR t.typrelid <> 0)
    ORDER BY p.pronargs, p.oid
    LIMIT 1
) AS f ON true
JOIN LATERAL (
    SELECT a.name, pg_catalog.format_type(a.type, NULL) AS type, a.place
    FROM ROWS FROM (
        pg_catalog.unnest(f.proargnames), pg_catalog.unnest(f.proallargtypes), pg_catalog.unnest(f.proargmodes)
    ) WITH ORDINALITY AS a (name, type, mode, place)
    WHERE a.mode IN ('o', 'b', 't') AND a.name <> ''
    UNION ALL
    SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnum
    FROM pg_catalog.pg_attribute AS a
    WHERE f.typrelid <> 0 AND a.attrelid = f.typrelid AND a.attnum > 0 AND NOT a.attisdropped
) AS r ON true
ORDER BY w.place, r.place
LIMIT %(most)s
