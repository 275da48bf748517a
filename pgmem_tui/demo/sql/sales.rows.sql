-- 243 days: January to August.
INSERT INTO sales
SELECT i,
       date '2026-01-01' + (i * 243 / (%(total)s + 1))::int,
       (ARRAY['Berlin', 'Kyōto', 'São Paulo', 'Tromsø'])[1 + i %% 4],
       'product ' || i * 31 %% 997,
       (1 + i %% 9)::int,
       (i * 7907 %% 500000) * 0.01
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g(i);
