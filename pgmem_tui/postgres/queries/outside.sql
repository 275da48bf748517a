-- Operators and functions that are not the system's and that a name without its schema could mean, each with a
-- type that it takes; 0 stands for one that takes no value, or values of more than one type (polymorphic, or of a
-- domain).
WITH named AS (
    SELECT o.oprname AS name, ARRAY[o.oprleft, o.oprright] AS takes
    FROM pg_catalog.pg_operator AS o
    WHERE o.oprname = ANY (%(operators)s::pg_catalog.name[])
        AND o.oprnamespace <> 'pg_catalog'::pg_catalog.regnamespace
    UNION ALL
    SELECT p.proname, p.proargtypes::pg_catalog.oid[]
    FROM pg_catalog.pg_proc AS p
    WHERE p.proname = ANY (%(functions)s::pg_catalog.name[])
        AND p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
),

typed AS (
    SELECT n.name, CASE WHEN t.typtype IN ('p', 'd') OR t.oid IS NULL THEN 0::pg_catalog.oid ELSE t.oid END AS oid
    FROM named AS n
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = ANY (n.takes)
)

SELECT DISTINCT t.name, t.oid
FROM typed AS t
WHERE t.oid = 0::pg_catalog.oid OR t.oid = ANY (%(oids)s::pg_catalog.oid[])
