-- Functions by what was typed of their names, those of one name and schema together: the first signature and
-- how many there are. A key word that may be the name of a function needs no quotes; those that have a syntax
-- of their own (`substring(… FROM …)`) are left to the key words. What SQL cannot call is left out.
WITH spaces AS (
    SELECT
        n.oid,
        n.nspname,
        COALESCE(pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname), 1000) AS place,
        n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') AS system
    FROM pg_catalog.pg_namespace AS n
    WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND (%(schema)s::pg_catalog.text IS NULL OR n.nspname = %(schema)s::pg_catalog.text::pg_catalog.name)
    OFFSET 0
),
likely AS (
    SELECT
        pg_catalog.min(p.oid::pg_catalog.int8)::pg_catalog.oid AS oid,
        p.proname, s.nspname, s.place, pg_catalog.count(*) AS variants
    FROM pg_catalog.pg_proc AS p
    JOIN spaces AS s ON s.oid = p.pronamespace
    WHERE p.prokind <> 'p'
        AND (p.proretset OR NOT %(sets)s)
        AND (NOT s.system OR NOT %(own)s)
        AND (
            %(prefix)s = ''
            OR pg_catalog.lower(p.proname::pg_catalog.text COLLATE pg_catalog."C")
                LIKE CASE WHEN s.system THEN %(near)s ELSE %(pattern)s END
        )
        AND p.prorettype <> ALL (ARRAY[
            'pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger', 'pg_catalog.internal',
            'pg_catalog.cstring', 'pg_catalog.language_handler', 'pg_catalog.fdw_handler'
        ]::pg_catalog.regtype[]::pg_catalog.oid[])
        AND NOT p.proargtypes::pg_catalog.oid[] && ARRAY[
            'pg_catalog.internal'::pg_catalog.regtype, 'pg_catalog.cstring'
        ]::pg_catalog.regtype[]::pg_catalog.oid[]
    GROUP BY p.proname, s.nspname, s.place
    ORDER BY
        CASE
            WHEN %(prefix)s = '' OR pg_catalog.starts_with(p.proname::pg_catalog.text, %(prefix)s) THEN 0
            WHEN pg_catalog.lower(p.proname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(begins)s THEN 1
            WHEN pg_catalog.lower(p.proname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(holds)s THEN 2
            ELSE 3
        END,
        s.place,
        p.proname
    LIMIT %(most)s
)
SELECT
    l.nspname,
    l.proname,
    pg_catalog.quote_ident(l.nspname),
    CASE WHEN k.catcode = 'T' THEN l.proname::pg_catalog.text ELSE pg_catalog.quote_ident(l.proname) END,
    pg_catalog.pg_function_is_visible(l.oid)::pg_catalog.int4,
    pg_catalog.pg_get_function_arguments(l.oid),
    pg_catalog.pg_get_function_result(l.oid),
    l.variants,
    -- Those that operators are made of are seldom meant.
    l.place + EXISTS (SELECT FROM pg_catalog.pg_operator AS o WHERE o.oprcode = l.oid)::pg_catalog.int4
FROM likely AS l
LEFT JOIN pg_catalog.pg_get_keywords() AS k ON k.word = l.proname
WHERE NOT (l.nspname = 'pg_catalog' AND k.catcode IS NOT NULL AND k.catcode = 'C')
    AND pg_catalog.has_function_privilege(l.oid, 'EXECUTE')
