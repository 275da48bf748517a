"""What fits at a caret, in statements whole and broken. `^` is the caret."""

from __future__ import annotations

import pytest

from pgmem_tui.language.context import Context, Fits, context
from pgmem_tui.language.from_items import FromItem

EXPRESSION = {Fits.COLUMN, Fits.FUNCTION, Fits.SCHEMA, Fits.KEYWORD}
TABLE = {Fits.RELATION, Fits.SCHEMA, Fits.KEYWORD}
FROM = TABLE | {Fits.FUNCTION}
JOIN = FROM | {Fits.JOIN}
WORDS = {Fits.KEYWORD}
TYPE = {Fits.TYPE, Fits.SCHEMA}
COLUMN = {Fits.COLUMN}


def at(marked: str) -> Context:
    caret = marked.index("^")
    return context(marked[:caret] + marked[caret + 1 :], caret)


def named(items: tuple[FromItem, ...]) -> list[str]:
    return [item.alias for item in items]


@pytest.mark.parametrize(
    ("marked", "fits"),
    [
        ("^", WORDS),
        ("sel^", WORDS),
        ("SELECT ^", EXPRESSION),
        ("SELECT a ^", WORDS),
        ("SELECT a, ^ FROM t", EXPRESSION),
        ("SELECT a AS ^", set()),
        ("SELECT count(^", EXPRESSION),
        ("SELECT * ^ FROM t", WORDS),
        ("SELECT a * ^ FROM t", EXPRESSION),
        ("SELECT * FROM ^", FROM),
        ("SELECT * FROM t, ^", FROM),
        ("SELECT * FROM ONLY ^", FROM),
        ("SELECT * FROM t ^", WORDS),
        ("SELECT * FROM t x^", WORDS),
        ("SELECT * FROM t AS ^", set()),
        ("SELECT * FROM t JOIN ^", JOIN),
        ("SELECT * FROM t LEFT OUTER JOIN ^", JOIN),
        ("SELECT * FROM t CROSS JOIN ^", FROM),
        ("SELECT * FROM t NATURAL LEFT JOIN ^", FROM),
        ("SELECT * FROM t JOIN ^ ON t.a = b", FROM),
        ("SELECT * FROM t JOIN u ON ^", EXPRESSION | {Fits.CONDITION}),
        ("SELECT * FROM t JOIN u ON (^", EXPRESSION | {Fits.CONDITION}),
        ("SELECT * FROM t JOIN u ON t.a = u.b AND ^", EXPRESSION),
        ("SELECT * FROM t JOIN u USING (^)", COLUMN),
        ("SELECT * FROM (t JOIN ^)", JOIN),
        ("SELECT * FROM (^", FROM),
        ("SELECT * FROM t WHERE ^", EXPRESSION),
        ("SELECT * FROM t WHERE a = ^", EXPRESSION),
        ("SELECT * FROM t WHERE a ^", WORDS),
        ("SELECT * FROM t WHERE a IS DISTINCT FROM ^", EXPRESSION),
        ("SELECT extract(year FROM ^) FROM t", EXPRESSION),
        ("SELECT * FROM t GROUP BY ^", EXPRESSION),
        ("SELECT * FROM t GROUP ^", WORDS),
        ("SELECT * FROM t ORDER BY a, ^", EXPRESSION),
        ("SELECT * FROM t ORDER BY a ^", WORDS),
        ("SELECT * FROM t GROUP BY a HAVING ^", EXPRESSION),
        ("SELECT 1::^", TYPE),
        ("SELECT CAST(a AS ^", TYPE),
        ("SELECT CAST(a ^", WORDS),
        ("ALTER TABLE t ALTER COLUMN a TYPE ^", TYPE),
        ("INSERT INTO ^", TABLE),
        ("INSERT INTO t (^", COLUMN),
        ("INSERT INTO t (a, ^) VALUES (1)", COLUMN),
        ("INSERT INTO t VALUES (^", EXPRESSION),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT (^", COLUMN),
        ("INSERT INTO t (a) VALUES (1) RETURNING ^", EXPRESSION),
        ("UPDATE ^", TABLE),
        ("UPDATE t SET ^", COLUMN),
        ("UPDATE t SET a = 1, ^", COLUMN),
        ("UPDATE t SET a = ^", EXPRESSION),
        ("DELETE FROM ^", FROM),
        ("DELETE FROM t WHERE ^", EXPRESSION),
        ("TABLE ^", FROM),
        ("TRUNCATE ^", TABLE),
        ("CREATE INDEX i ON ^", TABLE),
        ("CREATE INDEX i ON t (^", COLUMN),
        ("EXPLAIN SELECT ^", EXPRESSION),
        ("CREATE VIEW v AS SELECT ^", EXPRESSION),
        ("WITH a AS (SELECT ^", EXPRESSION),
        ("WITH a AS (SELECT 1) ^", WORDS),
        ("WITH ^", WORDS),
        ("SELECT t.^ FROM t", {Fits.COLUMN, Fits.FUNCTION}),
        ("SELECT * FROM s.^", {Fits.RELATION, Fits.FUNCTION}),
        ("SELECT 1::s.^", {Fits.TYPE}),
        ("SELECT (f(a)).^", set()),
        ("SELECT 'a^'", set()),
        ("SELECT 'a'^", set()),
        ("SELECT $$ ^ $$", set()),
        ("SELECT $a$ $$ ^", set()),
        ("SELECT 1^", set()),
        ("SELECT :n^", set()),
        ("SELECT $1^", set()),
        ("SELECT 1 -- a^", set()),
        ("SELECT 1 /* a /* b */ ^", set()),
        ("SELECT 1 /* a */ ^", WORDS),
        ('SELECT "a^', {Fits.COLUMN, Fits.FUNCTION, Fits.SCHEMA}),
    ],
)
def test_what_fits(marked: str, fits: set[Fits]) -> None:
    assert at(marked).fits == fits


@pytest.mark.parametrize(
    ("marked", "items"),
    [
        ("SELECT ^ FROM orders o, customers", ["o", "customers"]),
        ("SELECT ^ FROM shop.orders AS o LEFT JOIN shop.customers c ON true WHERE x", ["o", "c"]),
        ("SELECT 1 FROM a JOIN b ON true WHERE ^", ["b", "a"]),
        ("SELECT 1 FROM a JOIN b ON ^ JOIN c ON true", ["b", "a"]),
        ("SELECT 1 FROM (a JOIN b ON ^) JOIN c ON true", ["b", "a"]),
        ("SELECT 1 FROM a WHERE id IN (SELECT ^ FROM b)", ["b", "a"]),
        ("SELECT ^ FROM a WHERE id IN (SELECT 1 FROM b)", ["a"]),
        ("SELECT 1 FROM a, (SELECT ^ FROM b) c", ["b"]),
        ("SELECT 1 FROM a, LATERAL (SELECT ^ FROM b) c, d", ["b", "a"]),
        ("SELECT 1 FROM a, f(^) g", ["a"]),
        ("SELECT ^ FROM a UNION SELECT 1 FROM b", ["a"]),
        ("SELECT 1 FROM a UNION SELECT ^ FROM b", ["b"]),
        ("INSERT INTO t (a) SELECT ^ FROM b", ["b"]),
        ("INSERT INTO t (a) SELECT 1 FROM b RETURNING ^", ["t", "old", "new"]),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT DO UPDATE SET a = ^", ["t", "excluded"]),
        ("INSERT INTO t (^) SELECT 1 FROM b", ["t"]),
        ("UPDATE t AS x SET a = ^ FROM b", ["b", "x"]),
        ("DELETE FROM t USING b WHERE ^", ["b", "t"]),
        ("MERGE INTO t USING s ON ^", ["s", "t"]),
        ("SELECT 1 FROM a; SELECT ^ FROM b; SELECT 1 FROM c", ["b"]),
        ("SELECT 1 FROM a WHERE (x; SELECT ^ FROM b", ["b"]),
        ("SELECT ';' || $$;$$ || \";\" /* ; */, ^ FROM b", ["b"]),
        ("SELECT ^ FROM set.values, update AS set, t conflict", ["values", "set", "conflict"]),
        ("SELECT count(update) + f(insert, ^) FROM b", ["b"]),
        ("SELECT lower(^ FROM b", ["b"]),
        ("SELECT lower(a, ^ FROM b", ["b"]),
        ("SELECT ^, lower(a FROM b WHERE x", ["b"]),
        ("SELECT sum(CASE WHEN lower(^ FROM b WHERE x GROUP BY y", ["b"]),
        ("SELECT 1 FROM a WHERE x IN (SELECT ^ FROM b ORDER BY z", ["b", "a"]),
        ("SELECT extract(year FROM ^ FROM b", ["b"]),
        ("SELECT 1 FROM a WHERE x = (^", ["a"]),
        ('SELECT "Odd Na^ FROM "My Table" AS "T"', ["T"]),
        ("SELECT a.^, b FROM a", ["a"]),
        ("COPY (SELECT ^ FROM a) TO STDOUT", ["a"]),
    ],
)
def test_tables_in_scope(marked: str, items: list[str]) -> None:
    assert named(at(marked).items) == items


@pytest.mark.parametrize(
    ("query", "outputs"),
    [
        ("SELECT a, t.b, c AS d, e f, count(*), g::text, 1, lower(h) i FROM t", "a b d f count g - i"),
        (
            'SELECT "A b", c || d, (e), sum(f) OVER (PARTITION BY g), max(a) FILTER (WHERE b) FROM t',
            "A_b - - sum max",
        ),
        ("SELECT DISTINCT ON (a) b, ARRAY[1], CASE WHEN a THEN b END c FROM t", "b - c"),
        ("VALUES (1, 'a'), (2, 'b')", "column1 column2"),
        ("SELECT a FROM t UNION SELECT b FROM u", "a"),
        ("(SELECT a FROM t)", "a"),
        ("INSERT INTO t VALUES (1) RETURNING a, b AS c", "a c"),
        ("WITH x AS (SELECT 1 AS q) SELECT q FROM x", "q"),
        ("SELECT a IS DISTINCT FROM b, c FROM t", "- c"),
    ],
)
def test_columns_of_a_query(query: str, outputs: str) -> None:
    expected = [None if name == "-" else name.replace("_", " ") for name in outputs.split()]
    subquery = [] if query.startswith("INSERT") else [f"SELECT ^ FROM ({query}) AS r"]
    for marked in (f"WITH r AS ({query}) SELECT ^ FROM r", *subquery):
        (item,) = at(marked).items
        assert list(item.outputs) == expected, marked


def test_columns_that_are_all_of_something() -> None:
    (item,) = at("WITH r AS (SELECT o.*, 1 AS n FROM orders o, b) SELECT r.^ FROM r").items
    star, n = item.outputs
    assert isinstance(star, FromItem) and (star.name, n) == (("orders",), "n")
    (item,) = at("SELECT r.^ FROM (SELECT * FROM a, b) AS r (x)").items
    assert [star.alias for star in item.outputs if isinstance(star, FromItem)] == ["a", "b"]
    assert item.renamed == ("x",)
    (item,) = at("SELECT ^ FROM f(1) AS g(n, m)").items
    assert (item.alias, item.name, item.function, item.renamed) == ("g", ("f",), True, ("n", "m"))


def test_ctes() -> None:
    assert named(at("WITH a AS (SELECT 1), b (x, y) AS (SELECT 1) SELECT 1 FROM ^").ctes) == ["a", "b"]
    assert named(at("WITH a AS (SELECT 1), b AS (SELECT 1 FROM ^) SELECT 1").ctes) == ["a"]
    recursive = at("WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT ^ FROM a) SELECT 1")
    assert [item.outputs for item in recursive.items] == [("n",)]


def test_joins() -> None:
    there = at("SELECT 1 FROM a JOIN b x ON true JOIN c ON ^")
    assert there.joined and (there.joined.alias, named(there.partners)) == ("c", ["x", "a"])
    assert named(at("SELECT 1 FROM a JOIN b ON true JOIN ^").partners) == ["b", "a"]


@pytest.mark.parametrize(
    ("marked", "replaced", "prefix", "qualifier"),
    [
        ("SELECT use^ FROM t", "use", "use", ()),
        ("SELECT U^ser FROM t", "User", "u", ()),
        ("SELECT ^ FROM t", "", "", ()),
        ("SELECT t.U^", "U", "u", ("t",)),
        ('SELECT "S x".T . "A^b" FROM t', '"Ab"', "A", ("S x", "t")),
        ('SELECT "Odd Na^ FROM "T"', '"Odd Na', "Odd Na", ()),
        ('SELECT "a""b^"', '"a""b"', 'a"b', ()),
        ('SELECT U&"\\0061b^"', 'U&"\\0061b"', "ab", ()),
        ('SELECT "Ab"^ FROM t', '"Ab"', "Ab", ()),
        ("SELECT Ünï^", "Ünï", "Ünï", ()),
        ("SELECT a$1^", "a$1", "a$1", ()),
    ],
)
def test_the_name_at_the_caret(marked: str, replaced: str, prefix: str, qualifier: tuple[str, ...]) -> None:
    there = at(marked)
    text = marked.replace("^", "", 1)
    assert (text[there.start : there.end], there.prefix, there.qualifier) == (replaced, prefix, qualifier)


@pytest.mark.parametrize(
    ("marked", "some", "none"),
    [
        ("^", {"SELECT", "INSERT INTO", "EXPLAIN"}, {"FROM"}),
        ("s^", {"select"}, set()),
        ("SELECT a ^", {"FROM", "AS", "WHERE", "UNION ALL"}, {"SELECT"}),
        ("select a f^", {"from"}, {"FROM"}),
        ("SELECT a FROM t ^", {"WHERE", "LEFT JOIN", "GROUP BY"}, {"ON", "FROM"}),
        ("SELECT a FROM t JOIN u ^", {"ON", "USING"}, set()),
        ("SELECT a FROM t ORDER BY a ^", {"DESC", "NULLS LAST", "LIMIT"}, {"WHERE", "ORDER BY"}),
        ("SELECT a FROM t ORDER ^", {"BY"}, {"DESC"}),
        ("SELECT CASE WHEN a ^", {"THEN"}, set()),
        ("SELECT CASE WHEN a THEN b END ^", {"FROM"}, {"THEN"}),
        ("SELECT count(*) OVER (^)", {"PARTITION BY"}, set()),
        ("UPDATE t ^", {"SET"}, {"WHERE"}),
        ("INSERT INTO t ^", {"VALUES", "SELECT"}, {"SET"}),
        ("SELECT a FROM t WHERE a IS ^", {"NULL", "NOT NULL"}, {"AND"}),
        ("SELECT a FROM t WHERE a IN (^", {"SELECT"}, set()),
        ("WITH a AS (SELECT 1) ^", {"SELECT", "DELETE FROM"}, {"FROM"}),
        ("SELECT t.^", set(), {"FROM"}),
    ],
)
def test_key_words(marked: str, some: set[str], none: set[str]) -> None:
    words = set(at(marked).keywords)
    assert words >= some and not words & none


def test_names_of_the_select_list_can_be_sorted_by() -> None:
    there = at("SELECT a AS n, count(*), b FROM t ORDER BY ^")
    assert there.outputs == ("n", "count", "b") and there.outputs_win
    assert not at("SELECT a AS n FROM t GROUP BY ^").outputs_win
    assert at("SELECT a AS n FROM t ORDER BY n + ^").outputs == ()


def test_columns_are_not_offered_twice_in_a_list() -> None:
    assert at("INSERT INTO t (a, ^, b)").listed == {"a", "b"}
    assert at("UPDATE t SET a = 1, ^, b = 2").listed == {"a", "b"}
