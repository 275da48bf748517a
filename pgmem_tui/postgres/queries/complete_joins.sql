-- Foreign keys of some relations, each named as in FROM, in both directions; columns as pairs of quoted names,
-- the relation's own first. Of a partitioned table the copies that its partitions have are left out.
-- pg_depend has an index for the keys that refer to a relation, and pg_constraint has none.
WITH wanted AS (
    SELECT w.place, c.oid
    FROM ROWS FROM (
        pg_catalog.unnest(%(schemas)s::pg_catalog.text[]),
        pg_catalog.unnest(%(names)s::pg_catalog.text[])
    ) WITH ORDINALITY AS w (schema, name, place)
    JOIN pg_catalog.pg_class AS c ON c.relname = w.name::pg_catalog.name
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
        AND CASE
            WHEN w.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
            ELSE n.nspname = w.schema::pg_catalog.name
        END
),
directed AS (
    SELECT w.place, con.oid, con.confrelid AS other, con.conrelid AS own, con.conkey AS ours, con.confkey AS theirs
    FROM wanted AS w
    JOIN pg_catalog.pg_constraint AS con ON con.conrelid = w.oid
    LEFT JOIN pg_catalog.pg_constraint AS parent ON parent.oid = con.conparentid
    WHERE con.contype = 'f' AND (parent.oid IS NULL OR parent.confrelid = con.confrelid)
    UNION
    SELECT w.place, con.oid, con.conrelid, con.confrelid, con.confkey, con.conkey
    FROM wanted AS w
    JOIN pg_catalog.pg_depend AS d
        ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid = w.oid
        AND d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
    JOIN pg_catalog.pg_constraint AS con ON con.oid = d.objid AND con.confrelid = w.oid
    WHERE con.contype = 'f' AND (con.conparentid = 0 OR %(among)s)
)
SELECT
    d.place,
    n.nspname,
    c.relname,
    pg_catalog.quote_ident(n.nspname),
    pg_catalog.quote_ident(c.relname),
    pg_catalog.quote_ident(pg_catalog.left(c.relname::pg_catalog.text, 12) || %(suffix)s),
    pg_catalog.pg_table_is_visible(c.oid)::pg_catalog.int4,
    COALESCE(o.place, 0),
    (
        SELECT pg_catalog.json_agg(
            pg_catalog.json_build_array(pg_catalog.quote_ident(a.attname), pg_catalog.quote_ident(b.attname))
            ORDER BY k.place
        )::pg_catalog.text
        FROM ROWS FROM (pg_catalog.unnest(d.ours), pg_catalog.unnest(d.theirs)) WITH ORDINALITY
            AS k (ours, theirs, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.own AND a.attnum = k.ours
        JOIN pg_catalog.pg_attribute AS b ON b.attrelid = d.other AND b.attnum = k.theirs
    )
FROM directed AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.other
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN wanted AS o ON %(among)s AND o.oid = d.other AND o.place <> d.place
WHERE (o.place IS NOT NULL OR NOT %(among)s)
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY d.place, c.relname, d.oid
LIMIT %(most)s
