SELECT id, timestamptz '2024-01-01 00:00:00+00' + id * interval '1.7 seconds' AS ts,
    (id * 7919 % 20000 + 1)::int AS user_id,
    CASE id % 4 WHEN 0 THEN 'buy' WHEN 1 THEN 'click' ELSE 'view' END AS kind,
    CASE WHEN id % 4 = 0 THEN id % 100000 * 0.01 END AS amount,
    CASE id % 3 WHEN 0 THEN 'DE' WHEN 1 THEN 'JP' END AS country,
    (id * 104729 % 90001)::int AS duration_ms,
    CASE WHEN id % 5 = 0 THEN 'order ' || id END AS note
FROM (SELECT generate_series(bigint '1', 300000) AS id) AS numbers
