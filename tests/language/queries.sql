SELECT;

VALUES (1, DEFAULT), (2, 3);

TABLE ONLY t;

(SELECT 1);

((TABLE t) UNION ALL SELECT 1 ORDER BY 1 LIMIT 1 OFFSET 2) EXCEPT VALUES (1)
ORDER BY 1 FETCH FIRST ROW WITH TIES;

WITH a AS MATERIALIZED (SELECT 1), b (x) AS (VALUES (1)) SELECT * FROM a, b;

WITH RECURSIVE a(x) AS (SELECT 1 UNION SELECT x + 1 FROM a) SEARCH DEPTH FIRST BY x SET s CYCLE x
SET c USING p SELECT * FROM a;

SELECT DISTINCT ON (a) a AS "Ä", t.*, (r).f, a[1][2:3], -b, $1, 'é', 1.5, B'01', NULL, TRUE FROM t;

SELECT * FROM a JOIN b USING (x) AS u NATURAL LEFT JOIN c CROSS JOIN d FULL JOIN e ON true, LATERAL
(SELECT 1) f;

SELECT * FROM t TABLESAMPLE system (1) REPEATABLE (2), generate_series(1, 2) WITH ORDINALITY AS g(a,
b);

SELECT * FROM ROWS FROM (f(1) AS (a int), g(2)) AS r, json_to_record('{}') AS j(a int, b text
COLLATE "C");

SELECT count(*) FILTER (WHERE a), sum(DISTINCT b ORDER BY c), f(VARIADIC x), g(a => 1),
percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t GROUP BY GROUPING SETS ((a), ROLLUP (b), CUBE
(c), ()) HAVING GROUPING(a) = 0;

SELECT rank() OVER w, f() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST RANGE BETWEEN UNBOUNDED
PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t WINDOW w AS (ORDER BY a USING <);

SELECT a IN (1, 2), a = ANY (SELECT 1), a > ALL ('{1}'), EXISTS (SELECT 1), ARRAY(SELECT 1), (SELECT
1), (a, b) = (SELECT 1, 2), ROW(1, 2) < ROW(3, 4), a BETWEEN SYMMETRIC 1 AND 2, a IS DISTINCT FROM b
FROM t;

SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, coalesce(a, b), greatest(a, b), nullif(a, b), a IS NULL, a
IS NOT TRUE, NOT a AND b OR c, a LIKE 'b' ESCAPE 'c', a SIMILAR TO 'b', a ~* 'b', a
OPERATOR(pg_catalog.+) b, a AT TIME ZONE b;

SELECT a::int[], CAST(a AS numeric(3, 1)), date '2020-01-01', interval '1' day, a COLLATE "C",
current_date, current_user, localtime(3), extract(year FROM a), substring(a FROM 1 FOR 2),
position('a' IN b), overlay(a PLACING b FROM 1), trim(both from a), a IS NORMALIZED, (a, b) OVERLAPS
(c, d), '1'::pg_catalog.int4, x.y.z(1) FROM t;

SELECT xmlelement(name a, xmlattributes(b AS c), d), xmlforest(a AS b), xmlparse(document a),
xmlpi(name a), xmlroot(a, version '1'), xmlserialize(content a AS text), a IS DOCUMENT,
xmlexists('a' PASSING b), xmlconcat(a);

SELECT * FROM xmltable('/a' PASSING b COLUMNS c int PATH 'd' DEFAULT 1 NOT NULL, n FOR ORDINALITY)
AS x;

SELECT json_object('a': 1 NULL ON NULL RETURNING jsonb), json_array(1, 2), json_array(SELECT 1),
json_objectagg(a: b), json_arrayagg(a ORDER BY b), a IS JSON OBJECT WITH UNIQUE KEYS, json('1'),
json_scalar(1), json_serialize(a RETURNING text), json_value(a, '$' PASSING 1 AS x DEFAULT 2 ON
EMPTY ERROR ON ERROR), json_query(a, '$' WITH WRAPPER KEEP QUOTES), json_exists(a, '$' TRUE ON
ERROR) FROM t;

SELECT * FROM json_table(a, '$[*]' AS p COLUMNS (b int PATH '$.b', NESTED PATH '$.c' AS q COLUMNS (d
text), n FOR ORDINALITY, e bool EXISTS PATH '$.e')) AS j;

SELECT :a, :'b', :"c" FROM :"t" WHERE x > :a::int LIMIT :n;

SELECT set_config('work_mem', '1MB', true), nextval('s');
