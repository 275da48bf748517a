-- What the last ANALYZE saw of a column's values; with its heirs, where it has any.
SELECT s.null_frac, s.histogram_bounds::pg_catalog.text, s.most_common_vals::pg_catalog.text, s.most_common_freqs
FROM pg_catalog.pg_stats AS s
WHERE s.schemaname = %(schema)s::pg_catalog.name
    AND s.tablename = %(name)s::pg_catalog.name
    AND s.attname = %(column)s::pg_catalog.name
ORDER BY s.inherited DESC
LIMIT 1
