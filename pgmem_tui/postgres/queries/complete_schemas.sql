-- Schemas by what was typed of their names.
SELECT n.nspname, pg_catalog.quote_ident(n.nspname)
FROM pg_catalog.pg_namespace AS n
WHERE pg_catalog.lower(n.nspname::pg_catalog.text COLLATE pg_catalog."C") LIKE %(pattern)s
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, %(prefix)s), n.nspname
LIMIT %(most)s
