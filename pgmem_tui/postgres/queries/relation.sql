-- One relation. Rows and pages are summed over everything that a SELECT from it reads: partitions, heirs.
WITH RECURSIVE member AS (
    SELECT %(oid)s::pg_catalog.oid AS oid
    UNION
    SELECT i.inhrelid
    FROM member AS m
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = m.oid
),

part AS (
    SELECT c.oid, c.reltoastrelid, c.relkind, c.reltuples, c.relpages
    FROM member AS m
    JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
),

storage AS (
    SELECT p.oid FROM part AS p
    UNION ALL
    SELECT p.reltoastrelid FROM part AS p WHERE p.reltoastrelid <> 0::pg_catalog.oid
),

stored AS (
    SELECT s.oid FROM storage AS s
    UNION ALL
    SELECT i.indexrelid
    FROM storage AS s
    JOIN pg_catalog.pg_index AS i ON i.indrelid = s.oid
)

SELECT
    n.nspname,
    c.relname,
    c.relkind,
    -- Never analyzed is -1, and before PostgreSQL 14 no rows in no pages.
    COALESCE(
        (
            SELECT pg_catalog.sum(p.reltuples::pg_catalog.int8)
            FROM part AS p
            WHERE
                p.relkind <> 'p'
                AND p.reltuples >= 0::pg_catalog.float4
                AND (p.reltuples > 0::pg_catalog.float4 OR p.relpages > 0 OR %(zero_is_known)s)
        ),
        -1
    )::pg_catalog.int8,
    (
        SELECT
            pg_catalog.sum(x.relpages::pg_catalog.int8)
            * pg_catalog.current_setting('block_size')::pg_catalog.int8
        FROM stored AS s
        JOIN pg_catalog.pg_class AS x ON x.oid = s.oid
    )::pg_catalog.int8,
    (c.relkind IN ('r', 'p', 'm', 'S', 't'))::pg_catalog.int4
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = %(oid)s::pg_catalog.oid
