"""Queries with parameters: values are bound, and what is said of the query is said of the text as typed."""

from __future__ import annotations

from pgmem_tui.paging.events import Opened
from pgmem_tui.paging.requests import UserQuery
from pgmem_tui.paging.value_place import Cell
from pgmem_tui.paging.values import ReadValue, ValueRead
from pgmem_tui.postgres.parameters import BoundValue
from tests.paging.harness import Sessions


def test_values_are_bound_and_places_are_those_of_the_text(sessions: Sessions) -> None:
    session = sessions.start()
    hostile = "x'); COMMIT; DROP TABLE events; -- \\"
    values = (
        BoundValue("v", "text", hostile),
        BoundValue("n", "integer", "2"),
        BoundValue("c", "name", 'a"b'),
    )
    text = 'SELECT g, :v AS :"c" FROM generate_series(1, :n) AS g'
    assert session.cells(UserQuery(text, values)) == [("1", hostile), ("2", hostile)]
    assert [column.name for column in session.of(Opened)[-1].columns] == ["g", 'a"b']
    for wrong in ("SELECT :v, nothing", "SELECT :v FROM nowhere", "SELECT :v;  DELETE FROM t", "SELECT :v +"):
        failed = session.fail(UserQuery(wrong, values))
        where = failed.sql[failed.problem.position - 1 :]
        assert where.startswith(("nothing", "nowhere", "DELETE")) or not where, (wrong, failed)
    failed = session.fail(UserQuery("SELECT  :missing", values))
    assert failed.sql[failed.problem.position - 1 :] == ":missing"


def test_a_whole_value_of_a_query_with_parameters(sessions: Sessions) -> None:
    session = sessions.start(cell_limit=3)
    opened = session.open(UserQuery("SELECT repeat(:v, 10) AS t", (BoundValue("v", "text", "ab"),)))
    row = session.rows()[0]
    session.request(ReadValue(session.generation, Cell(opened.columns, 0, row, 0, True), 0, 100))
    assert session.wait(ValueRead).data == b"ab" * 10
