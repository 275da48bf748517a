-- Foreign keys of some relations and to them, each seen from a relation that is asked about: one between two of
-- them, or of a table to itself, comes once a side. Left out are copies for partitions, keys over
-- periods (they are no equality, PostgreSQL 18), and tables that this user may not read.
WITH side AS (
    SELECT con.oid, con.conrelid AS ours, con.conkey AS our_key, con.confrelid AS theirs, con.confkey AS their_key, 1 AS place
    FROM pg_catalog.pg_constraint AS con
    WHERE con.contype = 'f' AND con.conrelid = ANY (%(oids)s::pg_catalog.oid[])
        AND NOT EXISTS (
            SELECT 1 FROM pg_catalog.pg_constraint AS p
            WHERE p.oid = con.conparentid AND p.conrelid = con.conrelid
        )
    UNION ALL
    SELECT con.oid, con.confrelid, con.confkey, con.conrelid, con.conkey, 2
    FROM pg_catalog.pg_constraint AS con
    WHERE con.contype = 'f' AND con.confrelid = ANY (%(oids)s::pg_catalog.oid[])
        AND con.conparentid = 0::pg_catalog.oid
)
SELECT
    s.ours::pg_catalog.int8,
    s.theirs::pg_catalog.int8,
    c.relname,
    pg_catalog.json_agg(o.attname ORDER BY k.place)::pg_catalog.text,
    pg_catalog.json_agg(t.attname ORDER BY k.place)::pg_catalog.text
FROM side AS s
JOIN pg_catalog.pg_constraint AS con ON con.oid = s.oid
JOIN pg_catalog.pg_class AS c ON c.oid = s.theirs
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_subscripts(s.our_key, 1) AS k (place)
JOIN pg_catalog.pg_attribute AS o ON o.attrelid = s.ours AND o.attnum = s.our_key[k.place]
JOIN pg_catalog.pg_attribute AS t ON t.attrelid = s.theirs AND t.attnum = s.their_key[k.place]
WHERE
    COALESCE(pg_catalog.jsonb_extract_path_text(pg_catalog.to_jsonb(con), 'conperiod'), 'false') = 'false'
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
GROUP BY s.oid, s.ours, s.theirs, s.place, c.relname, n.nspname, con.conname
ORDER BY s.place, n.nspname, c.relname, con.conname
LIMIT 1000
