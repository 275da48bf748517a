CREATE TABLE orders (
    id int NOT NULL,
    user_id int NOT NULL,
    status text NOT NULL,
    placed timestamptz NOT NULL,
    total numeric(12,2) NOT NULL
);
