-- The schemas in which a name without one is looked for, without the system's.
SELECT pg_catalog.array_to_json(pg_catalog.current_schemas(false))::pg_catalog.text
