CREATE TABLE order_items (
    order_id int NOT NULL,
    line smallint NOT NULL,
    product text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    price numeric(10,2) NOT NULL
);
