-- What needs no rows of its own, and the shapes that are rare.
CREATE VIEW buyers AS
    SELECT u.id, u.name, count(*) AS orders, sum(o.total) AS spent
    FROM users AS u JOIN orders AS o ON o.user_id = u.id
    GROUP BY u.id, u.name;
CREATE MATERIALIZED VIEW monthly_sales AS
    SELECT date_trunc('month', sold_on)::date AS month, store, count(*) AS sales, sum(revenue) AS revenue
    FROM sales
    GROUP BY 1, 2
    ORDER BY 1, 2;
CREATE UNIQUE INDEX monthly_sales_month_store ON monthly_sales (month, store);
CREATE TABLE empty (id int PRIMARY KEY, nothing text);
COMMENT ON TABLE empty IS 'No rows';
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
INSERT INTO no_columns DEFAULT VALUES;
INSERT INTO no_columns DEFAULT VALUES;
COMMENT ON TABLE no_columns IS 'Three rows of nothing';
