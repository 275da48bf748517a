-- Arithmetic, not random(): the same rows on every machine, and twice as fast.
INSERT INTO events
SELECT i,
       timestamptz '2024-01-01 00:00:00+00' + i * interval '1.7 seconds',
       (i * 7919 %% %(users)s + 1)::int,
       (ARRAY['view', 'click', 'view', 'search', 'view', 'login', 'click', 'buy', 'view', 'logout', 'refund'])[1 + i %% 11],
       CASE WHEN i %% 11 IN (7, 10) THEN (i * 37 %% 100000) * 0.01 END,
       (ARRAY['DE', 'FR', 'US', 'JP', 'BR', 'IN', 'ZA', 'NO', NULL])[1 + i * 31 %% 9],
       (i * 104729 %% 90001)::int,
       CASE i %% 16
           WHEN 0 THEN 'came from the newsletter'
           WHEN 3 THEN 'order ' || i
           WHEN 5 THEN 'naïve café, 東京'
           WHEN 9 THEN 'a longer remark that somebody typed into the form at the end of the page'
           WHEN 12 THEN ''
       END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g(i);
