-- Every relation that rows can be browsed in, with estimates only: nothing here opens a relation, so
-- nothing waits for a lock (pg_total_relation_size does) and no file is looked at.
-- Pages are summed over the table, its TOAST table and the indexes of both, as of the last vacuum or analyze.
WITH pages AS (
    SELECT part.owner, pg_catalog.sum(part.relpages)::pg_catalog.int8 AS pages
    FROM (
        SELECT c.oid AS owner, c.relpages
        FROM pg_catalog.pg_class AS c
        WHERE c.relkind IN ('r', 'm', 't')
        UNION ALL
        SELECT i.indrelid, c.relpages
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    ) AS part
    GROUP BY part.owner
)
SELECT
    c.oid::pg_catalog.int8,
    n.nspname,
    c.relname,
    c.relkind,
    COALESCE(i.inhparent::pg_catalog.int8, 0),
    c.reltuples::pg_catalog.int8,
    (COALESCE(p.pages, 0) + COALESCE(t.pages, 0))
        * pg_catalog.current_setting('block_size')::pg_catalog.int8,
    (
        pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND (
            pg_catalog.has_table_privilege(c.oid, 'SELECT')
            OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
        )
    )::pg_catalog.int4,
    c.relpages
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS i ON c.relispartition AND i.inhrelid = c.oid
LEFT JOIN pages AS p ON p.owner = c.oid
LEFT JOIN pages AS t ON t.owner = c.reltoastrelid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    -- Temporary tables are some other session's: nobody else can read them.
    AND c.relpersistence <> 't'
    AND (
        %(system)s
        OR NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_'))
    )
