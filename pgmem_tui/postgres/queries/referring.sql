-- The foreign keys of other tables that refer to one relation; a partition's copy of its parent's is left out.
SELECT
    con.conname,
    con.conrelid::pg_catalog.int8,
    n.nspname,
    c.relname,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)::pg_catalog.text
        FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
    ),
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)::pg_catalog.text
        FROM pg_catalog.unnest(con.confkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.confrelid AND a.attnum = k.attnum
    )
FROM pg_catalog.pg_constraint AS con
JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE con.confrelid = %(oid)s::pg_catalog.oid AND con.contype = 'f' AND con.conparentid = 0::pg_catalog.oid
ORDER BY n.nspname, c.relname, con.conname
