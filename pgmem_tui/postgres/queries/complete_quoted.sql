-- Names as they have to be written.
SELECT w.name, pg_catalog.quote_ident(w.name)
FROM pg_catalog.unnest(%(names)s::pg_catalog.text[]) AS w (name)
