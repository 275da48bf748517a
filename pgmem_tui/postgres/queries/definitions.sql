-- What the server has to open the relation for: definitions in words, and bytes on disk with TOAST and indexes,
-- over all partitions. It takes ACCESS SHARE locks, so an ALTER TABLE or VACUUM FULL would hold it up;
-- SET LOCAL in the same message bounds the wait, in autocommit too.
SET LOCAL lock_timeout = '500ms';
SELECT
    (
        SELECT
            pg_catalog.json_object_agg(x.relname, pg_catalog.pg_get_indexdef(i.indexrelid))::pg_catalog.text
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
        WHERE i.indrelid = c.oid
    ),
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
    CASE
        WHEN c.relkind = 'p' THEN (
            SELECT pg_catalog.sum(pg_catalog.pg_total_relation_size(t.relid))::pg_catalog.int8
            FROM pg_catalog.pg_partition_tree(c.oid::pg_catalog.regclass) AS t
        )
        WHEN c.relkind IN ('r', 'm', 'S') THEN pg_catalog.pg_total_relation_size(c.oid)
    END
FROM pg_catalog.pg_class AS c
WHERE c.oid = %(oid)s::pg_catalog.oid
