-- The columns of one relation. A domain is followed down to its base type, whose oid, length and
-- category say how values are stored; its own name is what the user knows.
WITH RECURSIVE base AS (
    SELECT
        a.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typlen, t.typcategory,
        a.atttypmod AS typmod,
        a.attnotnull OR t.typnotnull AS not_null
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = %(oid)s::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT
        b.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typlen, t.typcategory,
        b.typtypmod,
        b.not_null OR t.typnotnull
    FROM base AS b
    JOIN pg_catalog.pg_type AS t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
)
SELECT
    a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    b.oid::pg_catalog.int8,
    b.typlen,
    b.typmod,
    b.typcategory,
    b.not_null::pg_catalog.int4
FROM base AS b
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = %(oid)s::pg_catalog.oid AND a.attnum = b.attnum
WHERE b.typtype <> 'd'
ORDER BY b.attnum
