-- This session's temporary files and their bytes: `pgsql_tmp<pid>.<number>` in any tablespace.
-- Only members of pg_monitor and superusers may list them.
SELECT pg_catalog.count(*), COALESCE(pg_catalog.sum(file.size), 0)
FROM pg_catalog.pg_tablespace AS place
CROSS JOIN LATERAL pg_catalog.pg_ls_tmpdir(place.oid) AS file
WHERE
    place.spcname OPERATOR(pg_catalog.<>) 'pg_global'
    AND pg_catalog.starts_with(
        file.name,
        pg_catalog.concat('pgsql_tmp', pg_catalog.pg_backend_pid(), '.')
    )
