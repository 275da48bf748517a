-- What types are called, how long their values are, and of which category.
SELECT oid, pg_catalog.format_type(oid, NULL), typlen, typcategory
FROM pg_catalog.pg_type
WHERE oid = ANY (%(oids)s::pg_catalog.oid[])
