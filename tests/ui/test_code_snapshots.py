"""Pictures of the program's pane; the docstring says what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from psycopg2 import sql
from textual.pilot import Pilot

from pgmem_tui.postgres.screen_program import Place, Reading, reading
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.widgets.code_pane import CodePane
from tests.ui.test_snapshots import LARGE, SMALL, OneWidget

SnapCompare = Callable[..., bool]
QUERY = sql.SQL("SELECT {}, pg_catalog.substr({}, 1, {}) AS {} FROM ONLY {} WHERE ctid >= {}::tid").format(
    sql.Identifier("id"),
    sql.Identifier("注 {note}\u202e"),
    sql.Literal(257),
    sql.Identifier("注 {note}\u202e"),
    sql.Identifier("public", "events"),
    sql.Literal("(41,7)"),
)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_program(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Key words of Python and SQL bright, names underlined and values green wherever they stand, comments
    dim; the bidi control of a name is escaped; ▾ at the right if there is more; below it the rows, the keys.
    """
    what = Reading((QUERY,), 0, 37, 500, scrollable=True)
    place = Place(ConnectionSettings(host="db1", dbname="shop"), False, ("SET LOCAL jit = off",))
    text = reading(what, place, "Prints the rows on the screen: 37, from number 1,001 on.", {})
    pane = CodePane(lambda close: None)

    async def prepare(pilot: Pilot[None]) -> None:
        pane.show(text, text, "", "rows 1,001 to 1,037")
        await pilot.pause()

    assert snap_compare(OneWidget(pane), terminal_size=size, run_before=prepare)
