-- The tables that hold a relation's rows, in the order in which they were made; and what stands
-- against reading each by its blocks: not a heap, not readable by itself, policies.
WITH RECURSIVE member AS (
    SELECT %(oid)s::pg_catalog.oid AS oid, ARRAY[%(oid)s::pg_catalog.oid] AS path
    UNION ALL
    SELECT i.inhrelid, m.path || i.inhrelid
    FROM member AS m
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = m.oid
    WHERE i.inhrelid <> ALL (m.path)
),

part AS (
    SELECT c.*, m.path
    FROM member AS m
    JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
)

SELECT
    p.oid,
    n.nspname,
    p.relname,
    COALESCE(pg_catalog.pg_relation_size(p.oid), 0)
    / pg_catalog.current_setting('block_size')::pg_catalog.int8,
    p.reltuples::pg_catalog.int8,
    p.relpages,
    p.relkind,
    CASE
        WHEN pg_catalog.row_security_active(p.oid) THEN 'row-level security'
        WHEN p.relkind = 'p' THEN ''
        -- The fdw declares a cursor on its server for each of its scans.
        WHEN w.fdwname = 'postgres_fdw' THEN 'foreign tables: see their pg_stat_activity'
        WHEN p.relkind = 'f' THEN 'foreign tables'
        WHEN p.relkind NOT IN ('r', 'm') THEN 'a member that is no table'
        WHEN a.amname IS DISTINCT FROM 'heap' THEN 'storage that is no heap'
        WHEN NOT pg_catalog.has_table_privilege(p.oid, 'SELECT') THEN 'a partition that you may not read by itself'
        ELSE ''
    END
FROM part AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
LEFT JOIN pg_catalog.pg_am AS a ON a.oid = p.relam
LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = p.oid
LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
LEFT JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
ORDER BY p.path
