INSERT INTO orders
SELECT i,
       i * 13 %% %(users)s + 1,
       (ARRAY['paid', 'paid', 'shipped', 'open', 'cancelled'])[1 + i %% 5],
       timestamptz '2025-01-01 00:00:00+00' + i * interval '41 minutes',
       (i * 7907 %% 500000) * 0.01
FROM generate_series(%(first)s::int, %(last)s::int) AS g(i);
