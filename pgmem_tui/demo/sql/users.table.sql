CREATE TABLE users (
    id int NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    country text,
    born date,
    active boolean NOT NULL,
    tags text[] NOT NULL,
    created timestamptz NOT NULL
);
COMMENT ON TABLE users IS 'Who did it';
