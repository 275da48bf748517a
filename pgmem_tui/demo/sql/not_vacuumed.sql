SELECT n.nspname, c.relname
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'odd "schema"') AND c.relkind IN ('r', 'm') AND c.relallvisible = 0
