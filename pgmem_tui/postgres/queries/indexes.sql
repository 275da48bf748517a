-- The indexes of one relation, without their definitions (see definitions.sql).
SELECT
    c.relname,
    i.indisunique::pg_catalog.int4,
    i.indisvalid::pg_catalog.int4
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = %(oid)s::pg_catalog.oid
ORDER BY i.indisprimary DESC, c.relname
