-- How values of types compare: the operators of each type's default btree operator class, else of the
-- one of a type with the same representation (varchar is compared as text), and what to cast to for them.
WITH wanted AS (
    SELECT
        t.oid,
        CASE
            WHEN t.typtype = 'e' THEN 'pg_catalog.anyenum'::pg_catalog.regtype
            WHEN t.typtype = 'r' THEN 'pg_catalog.anyrange'::pg_catalog.regtype
            WHEN t.typtype = 'c' THEN 'pg_catalog.record'::pg_catalog.regtype
            WHEN t.typcategory = 'A' THEN 'pg_catalog.anyarray'::pg_catalog.regtype
            WHEN t.typname = 'multirange' OR t.typtype = 'm' THEN
                pg_catalog.to_regtype('pg_catalog.anymultirange')
        END::pg_catalog.oid AS polymorphic,
        t.typcollation
    FROM pg_catalog.pg_type AS t
    WHERE t.oid = ANY (%(oids)s::pg_catalog.oid[])
),

class AS (
    SELECT
        w.oid, w.typcollation, o.opcintype, o.opcfamily,
        CASE WHEN o.opcintype = w.polymorphic THEN w.oid ELSE o.opcintype END AS compared,
        pg_catalog.row_number() OVER (
            PARTITION BY w.oid
            ORDER BY
                o.opcintype = w.oid DESC, o.opcintype = w.polymorphic DESC NULLS LAST, t.typispreferred DESC, o.oid
        ) AS place
    FROM wanted AS w
    JOIN pg_catalog.pg_opclass AS o ON
        o.opcdefault
        AND o.opcmethod = 403::pg_catalog.oid
        AND (
            o.opcintype IN (w.oid, w.polymorphic)
            OR EXISTS (
                SELECT 1 FROM pg_catalog.pg_cast AS c
                WHERE c.castsource = w.oid AND c.casttarget = o.opcintype
                    AND c.castmethod = 'b' AND c.castcontext = 'i'
            )
        )
    JOIN pg_catalog.pg_type AS t ON t.oid = o.opcintype
)

SELECT
    c.oid,
    -- Not NULL: "character" would be character(1).
    pg_catalog.format_type(c.oid, -1),
    pg_catalog.format_type(c.compared, -1),
    n.nspname,
    pg_catalog.max(p.oprname) FILTER (WHERE a.amopstrategy = 1::pg_catalog.int2),
    pg_catalog.max(p.oprname) FILTER (WHERE a.amopstrategy = 2::pg_catalog.int2),
    pg_catalog.max(p.oprname) FILTER (WHERE a.amopstrategy = 3::pg_catalog.int2),
    pg_catalog.max(p.oprname) FILTER (WHERE a.amopstrategy = 4::pg_catalog.int2),
    pg_catalog.max(p.oprname) FILTER (WHERE a.amopstrategy = 5::pg_catalog.int2)
FROM class AS c
JOIN pg_catalog.pg_amop AS a ON
    a.amopfamily = c.opcfamily AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype
JOIN pg_catalog.pg_operator AS p ON p.oid = a.amopopr
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.oprnamespace
WHERE c.place = 1
GROUP BY c.oid, c.compared, n.nspname
HAVING pg_catalog.count(*) = 5
