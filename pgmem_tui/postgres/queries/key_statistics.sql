-- A column's collation, and the share of NULLs that the last ANALYZE saw; with its heirs, where it has any.
SELECT n.nspname, l.collname, s.null_frac
FROM pg_catalog.pg_attribute AS a
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid OPERATOR(pg_catalog.=) a.attcollation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) l.collnamespace
LEFT JOIN pg_catalog.pg_stats AS s ON
    s.schemaname OPERATOR(pg_catalog.=) %(schema)s::pg_catalog.name
    AND s.tablename OPERATOR(pg_catalog.=) %(name)s::pg_catalog.name
    AND s.attname OPERATOR(pg_catalog.=) a.attname
WHERE a.attrelid OPERATOR(pg_catalog.=) %(oid)s::pg_catalog.oid
    AND a.attname OPERATOR(pg_catalog.=) %(column)s::pg_catalog.name
ORDER BY s.inherited DESC NULLS LAST
LIMIT 1
