-- A column's collation, and the share of NULLs that the last ANALYZE saw; with its heirs, where it has any.
SELECT n.nspname, l.collname, s.null_frac
FROM pg_catalog.pg_attribute AS a
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
LEFT JOIN pg_catalog.pg_stats AS s ON
    s.schemaname = %(schema)s::pg_catalog.name
    AND s.tablename = %(name)s::pg_catalog.name
    AND s.attname = a.attname
WHERE a.attrelid = %(oid)s::pg_catalog.oid AND a.attname = %(column)s::pg_catalog.name
ORDER BY s.inherited DESC NULLS LAST
LIMIT 1
