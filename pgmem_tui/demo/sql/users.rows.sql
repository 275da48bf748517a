INSERT INTO users
SELECT i,
       (ARRAY['Ada', 'Grace', 'Edgar', 'Barbara', 'Michael', 'Radia', 'Donald', 'Frances', 'José', '美咲'])[1 + i %% 10]
           || ' ' ||
       (ARRAY['Lovelace', 'Hopper', 'Codd', 'Liskov', 'Stonebraker', 'Perlman', 'Knuth', 'Allen', 'Núñez'])[1 + i * 7 %% 9],
       'user' || i || '@example.org',
       (ARRAY['DE', 'FR', 'US', 'JP', 'BR', 'IN', 'ZA', 'NO', NULL])[1 + i * 31 %% 9],
       CASE WHEN i %% 13 > 0 THEN date '1940-01-01' + i * 7919 %% 25000 END,
       i %% 17 > 0,
       (ARRAY['{}', '{beta}', '{beta,staff}', '{"needs, quoting"}'])[1 + i %% 4]::text[],
       timestamptz '2020-01-01 00:00:00+00' + i * interval '97 minutes'
FROM generate_series(%(first)s::int, %(last)s::int) AS g(i);
