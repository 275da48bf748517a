CREATE TABLE documents (
    id int NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    attributes jsonb,
    scan bytea,
    added timestamptz NOT NULL
);
-- As the manual advises for long values of which parts are read; and compressing them would take most of the time.
-- https://www.postgresql.org/docs/current/storage-toast.html
ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN scan SET STORAGE EXTERNAL;
COMMENT ON TABLE documents IS 'Rows of more than a megabyte each';
