-- Some pages of text, hashes and JSON, made once for several documents and repeated in each of them.
WITH vocabulary AS (
    SELECT string_to_array('the cursor a page of row tuple and snapshot keeps an index memory to fetch through portal is '
        || 'in constant heap block it when server reads never all that transaction names from größer 東京 naïve', ' ') AS words
),
text_block AS MATERIALIZED (
    SELECT string_agg(words[1 + n * n * 7919 %% 36] || CASE WHEN n %% 13 = 0 THEN E'.\n' ELSE ' ' END, '' ORDER BY n) AS pages
    FROM vocabulary, generate_series(1::bigint, 4000) AS g(n)
),
other_blocks AS MATERIALIZED (
    SELECT string_agg(sha512(n::text::bytea), '' ORDER BY n) AS bytes,
           jsonb_agg(jsonb_build_object('page', n, 'mark', md5(n::text), 'score', n * 0.37, 'ok', n %% 2 = 0)
                     ORDER BY n) AS marks
    FROM generate_series(1, 600) AS g(n)
)
INSERT INTO documents
SELECT i,
       'Document ' || i,
       'Document ' || i || E'\n\n' || repeat(pages, (980000 + i * 7919 %% 100000) / length(pages)),
       CASE
           WHEN i %% 16 = 1 THEN jsonb_build_object('id', i, 'chapters', jsonb_build_array(
               marks, marks, marks, marks, marks, marks, marks, marks, marks, marks))
           WHEN i %% 12 > 0 THEN jsonb_build_object('id', i, 'language', 'en', 'marks', marks)
       END,
       CASE
           WHEN i %% 8 = 1 THEN int4send(i) || decode(repeat(encode(bytes, 'hex'), 27), 'hex')
           WHEN i %% 15 > 0 THEN int4send(i) || bytes || bytes || bytes
       END,
       timestamptz '2026-01-01 00:00:00+00' + i * interval '5 hours'
FROM generate_series(%(first)s::int, %(last)s::int) AS g(i), text_block, other_blocks;
