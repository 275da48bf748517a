-- Primary, unique and foreign keys; column names as JSON arrays, which hold any name.
SELECT
    con.conname,
    con.contype,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)::pg_catalog.text
        FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
    ),
    con.confrelid::pg_catalog.int8,
    rn.nspname,
    rc.relname,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)::pg_catalog.text
        FROM pg_catalog.unnest(con.confkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.confrelid AND a.attnum = k.attnum
    )
FROM pg_catalog.pg_constraint AS con
LEFT JOIN pg_catalog.pg_class AS rc ON rc.oid = con.confrelid
LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = rc.relnamespace
WHERE con.conrelid = %(oid)s::pg_catalog.oid AND con.contype IN ('p', 'u', 'f')
ORDER BY con.contype = 'p' DESC, con.contype = 'u' DESC, con.conname
