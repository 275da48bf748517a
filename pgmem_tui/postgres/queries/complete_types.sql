-- Types by what was typed of their names, as the standard has them or as PostgreSQL does (int4, timestamptz).
-- Each table has a row type, which is left out. To tell it from a type of its own takes a look at its relation,
-- so these are looked for by more than letters here and there.
WITH spaces AS (
    SELECT
        n.oid,
        n.nspname,
        COALESCE(pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname), 1000) AS place
    FROM pg_catalog.pg_namespace AS n
    WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND n.nspname <> 'pg_toast'
        AND (%(schema)s::pg_catalog.text IS NULL OR n.nspname = %(schema)s::pg_catalog.text::pg_catalog.name)
    OFFSET 0
),
found AS MATERIALIZED (
    SELECT t.oid, t.typname, t.typnamespace
    FROM pg_catalog.pg_type AS t
    WHERE t.typtype IN ('b', 'd', 'e', 'r', 'm') AND NOT (t.typelem <> 0 AND t.typlen = -1)
    UNION ALL
    SELECT t.oid, t.typname, t.typnamespace
    FROM pg_catalog.pg_type AS t
    WHERE t.typtype = 'c'
        AND t.typnamespace = ANY (ARRAY(SELECT s.oid FROM spaces AS s))
        AND (%(prefix)s <> '' OR %(schema)s::pg_catalog.text IS NOT NULL)
        AND pg_catalog.lower(t.typname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(near)s
        AND (SELECT c.relkind FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid) = 'c'
),
likely AS (
    SELECT f.oid, f.typname, s.nspname, s.place
    FROM found AS f
    JOIN spaces AS s ON s.oid = f.typnamespace
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.lower(f.typname::pg_catalog.text COLLATE pg_catalog."C") AS short,
            -- The standard's names are in pg_catalog; elsewhere a name is only quoted and qualified.
            CASE
                WHEN s.nspname = 'pg_catalog'
                    THEN pg_catalog.lower(pg_catalog.format_type(f.oid, -1) COLLATE pg_catalog."C")
            END AS long
        OFFSET 0
    ) AS t
    WHERE t.short LIKE %(pattern)s OR t.long LIKE %(pattern)s
    ORDER BY NOT (t.short LIKE %(begins)s OR COALESCE(t.long LIKE %(begins)s, false)), s.place, f.typname
    LIMIT %(most)s
)
SELECT
    l.nspname,
    l.typname,
    pg_catalog.quote_ident(l.nspname),
    pg_catalog.quote_ident(l.typname),
    pg_catalog.format_type(l.oid, -1),
    pg_catalog.pg_type_is_visible(l.oid)::pg_catalog.int4,
    l.place
FROM likely AS l
WHERE pg_catalog.has_type_privilege(l.oid, 'USAGE')
