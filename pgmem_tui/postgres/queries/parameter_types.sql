-- A type modifier of -1 says bpchar where NULL would say character, which is character(1) in a cast.
SELECT pg_catalog.format_type(p.type, -1)
FROM pg_catalog.pg_prepared_statements AS s,
     pg_catalog.unnest(s.parameter_types) WITH ORDINALITY AS p (type, number)
WHERE s.name = %(name)s
ORDER BY p.number
