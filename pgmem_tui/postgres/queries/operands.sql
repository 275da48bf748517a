-- What values of types are called when they are cast, and what their elements are: of an array its elements,
-- of a range and a multirange the bounds. Elements that are domains compare as what they are based on.
WITH RECURSIVE wanted AS (
    SELECT
        t.oid,
        CASE
            WHEN t.typlen = -1::pg_catalog.int2 AND t.typelem <> 0::pg_catalog.oid THEN t.typelem
            ELSE r.rngsubtype
        END AS element
    FROM pg_catalog.pg_type AS t
    LEFT JOIN pg_catalog.pg_range AS r ON
        r.rngtypid = t.oid
        -- Multiranges are of PostgreSQL 14.
        OR pg_catalog.jsonb_extract_path_text(pg_catalog.to_jsonb(r), 'rngmultitypid')::pg_catalog.oid = t.oid
    WHERE t.oid = ANY (%(oids)s::pg_catalog.oid[])
),

base AS (
    SELECT w.oid, w.element, w.element AS compared FROM wanted AS w
    UNION ALL
    SELECT b.oid, b.element, t.typbasetype
    FROM base AS b
    JOIN pg_catalog.pg_type AS t ON t.oid = b.compared AND t.typtype = 'd'
)

SELECT
    b.oid,
    -- Not NULL: "character" would be character(1).
    pg_catalog.format_type(b.oid, -1),
    pg_catalog.format_type(b.element, -1),
    b.compared
FROM base AS b
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = b.compared
WHERE t.typtype IS DISTINCT FROM 'd'
