-- Relations by what was typed of their names, the likeliest first. Names are compared in lower case of ASCII.
-- They are looked for among the row types, which bear the same names: with indexes and TOAST tables pg_class has
-- several times as many rows, and wider ones; a scan of it takes four times as long.
-- What costs more (visibility, privileges) is asked of the few that are answered; where nothing was typed no
-- name is looked at. OFFSET 0 keeps what is known of each schema from being asked again for each relation.
WITH spaces AS (
    SELECT
        n.oid,
        n.nspname,
        COALESCE(pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname), 1000) AS place,
        n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') AS system
    FROM pg_catalog.pg_namespace AS n
    WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND (%(schema)s::pg_catalog.text IS NULL OR n.nspname = %(schema)s::pg_catalog.text::pg_catalog.name)
        -- Of temporary tables only our own can be read.
        AND (n.nspname !~ '^pg_(toast|temp_)' OR n.nspname = ANY (pg_catalog.current_schemas(true)))
    OFFSET 0
),
likely AS (
    SELECT t.typrelid, s.nspname, s.place, s.system
    FROM pg_catalog.pg_type AS t
    JOIN spaces AS s ON s.oid = t.typnamespace
    WHERE t.typtype = 'c'
        AND (
            %(prefix)s = ''
            OR pg_catalog.lower(t.typname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(pattern)s
        )
    ORDER BY
        s.system AND NOT pg_catalog.starts_with(%(prefix)s, 'pg_'),
        CASE
            WHEN %(prefix)s = '' OR pg_catalog.starts_with(t.typname::pg_catalog.text, %(prefix)s) THEN 0
            WHEN pg_catalog.lower(t.typname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(begins)s THEN 1
            WHEN pg_catalog.lower(t.typname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(holds)s THEN 2
            ELSE 3
        END,
        s.place,
        t.typrelid IN (SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i),
        t.typname
    LIMIT %(most)s
)
SELECT
    l.nspname,
    c.relname,
    pg_catalog.quote_ident(l.nspname),
    pg_catalog.quote_ident(c.relname),
    pg_catalog.pg_table_is_visible(c.oid)::pg_catalog.int4,
    c.relkind,
    (
        pg_catalog.has_table_privilege(c.oid, 'SELECT')
        OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
    )::pg_catalog.int4,
    l.place + CASE WHEN l.system THEN 2000 WHEN c.relispartition THEN 1 ELSE 0 END
FROM likely AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.typrelid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname
