INSERT INTO order_items
SELECT i,
       line,
       'product ' || i * 31 %% 997 + line,
       1 + i %% 4,
       (i * 7907 %% 9999 + line) * 0.01
FROM generate_series(%(first)s::int, %(last)s::int) AS g(i), generate_series(1, 3) AS l(line);
