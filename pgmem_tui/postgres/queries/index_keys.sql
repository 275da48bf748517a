-- The key columns of a relation's btree indexes that any query may use in their order: valid, not
-- partial, over plain columns of their own collation that tells all texts apart, in the type's own order.
-- A table with heirs has none: their rows are not in it.
SELECT
    c.relname,
    i.indisprimary::pg_catalog.int4,
    i.indisunique::pg_catalog.int4,
    a.attname,
    i.indoption[k.place]::pg_catalog.int4,
    (
        a.attname IS NOT NULL AND o.opcdefault AND i.indcollation[k.place] = a.attcollation
        AND COALESCE(l.collisdeterministic, TRUE)
    )::pg_catalog.int4,
    COALESCE(a.attnotnull, FALSE)::pg_catalog.int4,
    (t.relkind = 'p')::pg_catalog.int4
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid AND (t.relkind = 'p' OR NOT t.relhassubclass)
JOIN pg_catalog.pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'::pg_catalog.name
CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1::pg_catalog.int2) AS k (place)
JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[k.place]
LEFT JOIN pg_catalog.pg_attribute AS a ON
    a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place] AND a.attnum > 0::pg_catalog.int2
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = i.indcollation[k.place]
WHERE i.indrelid = %(oid)s::pg_catalog.oid AND i.indisvalid AND i.indisready AND i.indpred IS NULL
ORDER BY i.indisprimary DESC, i.indisunique DESC, i.indnkeyatts, c.relname, k.place
