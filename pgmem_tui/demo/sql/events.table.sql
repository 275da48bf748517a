CREATE TABLE events (
    id bigint NOT NULL,
    ts timestamptz NOT NULL,
    user_id int NOT NULL,
    kind text NOT NULL,
    amount numeric(10,2),
    country text,
    duration_ms int,
    note text
);
COMMENT ON TABLE events IS 'What users did, in the order it happened';
