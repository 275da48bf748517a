"""Pictures of the composer, with fixed values; each test says what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from pgmem_tui.paging.catalog_requests import CatalogRequest
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.paging.composing import Previewed, PreviewQuery
from pgmem_tui.postgres.comparison import Comparison
from pgmem_tui.postgres.composing import Looked
from pgmem_tui.postgres.operands import Operands, ValueType
from pgmem_tui.postgres.query_spec import (
    ColumnOf,
    Condition,
    Group,
    Join,
    Output,
    OutputOrder,
    QuerySpec,
    Source,
)
from pgmem_tui.postgres.relation import Column, Relation
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.composer_choosing import ComposerHands
from pgmem_tui.ui.composer_questions import ComposerQuestions
from pgmem_tui.ui.messages import CatalogListeners
from pgmem_tui.ui.query_draft import QueryDraft
from pgmem_tui.ui.screens.choose import ChooseScreen
from pgmem_tui.ui.screens.composer import ComposerScreen

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (160, 48)]
ID, NOTE = Column("id", "bigint", 20, 8, category="N"), Column("no\nte; --", "text", 25, category="S")
OPERATORS = ("pg_catalog", "<", "<=", "=", ">=", ">")
LOOKED = Looked(
    {
        1: Relation(1, "public", "orders", "r", (ID, NOTE), 15_000),
        2: Relation(2, "odd", 'x"; DROP TABLE orders; --', "r", (ID, NOTE), 7),
    },
    Operands(
        {20: ValueType("bigint", "", 0), 25: ValueType("text", "", 0)},
        {20: Comparison("bigint", "bigint", *OPERATORS), 25: Comparison("text", "text", *OPERATORS)},
    ),
)
SPEC = QuerySpec(
    Source(1, "orders"),
    (Join(Source(2, 'x"; DROP'), ((ColumnOf("orders", "id"), ColumnOf('x"; DROP', "id")),), outer=True),),
    (Output(ColumnOf("orders", NOTE.name)), Output(None, "count", alias="how many")),
    where=(
        Condition("id", None, True, "between", ("5", "twelve")),
        Group((Condition(NOTE.name, "it's", source='x"; DROP'), Condition(NOTE.name, None, False))),
    ),
    order=(OutputOrder(1, True),),
    limit=100,
)


class Unasked(CatalogSession):
    """A session that is never started: what it was asked is there to be looked at."""

    def __init__(self) -> None:
        super().__init__(ConnectionSettings(), lambda event: None)
        self.asked: list[CatalogRequest] = []

    def request(self, request: CatalogRequest) -> None:
        self.asked.append(request)


class ComposerApp(App[None]):
    """The composer above nothing."""

    def __init__(self, spec: QuerySpec, warning: str = "") -> None:
        super().__init__()
        self.catalog, self.warning = Unasked(), warning
        self.listeners: CatalogListeners = []
        questions = ComposerQuestions(self.catalog, self.listeners)
        questions.looked = LOOKED
        questions.checked[1, "id", "between", "twelve"] = (
            'invalid input syntax for type bigint: "twelve"',
            "bigint",
        )
        hands = ComposerHands(
            tables=lambda: (),
            another=lambda entry: QueryDraft(spec),
            run=lambda draft: None,
            left=lambda draft: None,
            edit=lambda text: None,
        )
        self.composer = ComposerScreen(QueryDraft(spec), questions, hands)

    def on_mount(self) -> None:
        self.push_screen(self.composer)

    async def planned(self, pilot: Pilot[None]) -> None:
        """Answer the question about the plan."""
        while not (asked := [one for one in self.catalog.asked if isinstance(one, PreviewQuery)]):
            await pilot.pause(0.02)
        (request,) = asked[-1:]
        told = Previewed(request.generation, request.spec, "", (), 1234, 5678.0, 90.0, self.warning)
        (listener,) = self.listeners
        assert listener(told)
        await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
def test_a_query(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Parts with their titles at the left; the bright line on the value that the server does not take, with
    its sentence; NULL told from text; escapes in names; at the right (below in the small one) SQL with names
    underlined and values bold, rows and cost, and what it sorts."""
    app = ComposerApp(
        SPEC, "sorts ≈1.2k rows, 9.3 MB: more than the 4.2 MB of work_mem, so through temporary files"
    )

    async def show(pilot: Pilot[None]) -> None:
        await app.planned(pilot)
        await pilot.press("w", "j", "j")

    assert snap_compare(app, terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_formatted_as_text(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """The same names pasted: those that break out of their place have a background of their own, and a
    sentence says how many there are and what PostgreSQL would make of it."""
    app = ComposerApp(SPEC)

    async def show(pilot: Pilot[None]) -> None:
        await app.planned(pilot)
        await pilot.press("v", "v")

    assert snap_compare(app, terminal_size=size, run_before=show)


def test_a_value_is_typed(snap_compare: SnapCompare) -> None:
    """A field on the line of the condition, a caret behind its text, the server's sentence below it."""
    app = ComposerApp(SPEC)

    async def show(pilot: Pilot[None]) -> None:
        await app.planned(pilot)
        await pilot.press("w", "j", "j", "space", "left", "left")

    assert snap_compare(app, terminal_size=SIZES[0], run_before=show)


def test_no_table_yet(snap_compare: SnapCompare) -> None:
    """A list of tables that has none, above a composer that asks for one."""
    app = ComposerApp(QuerySpec(Source(0, "t")))

    async def show(pilot: Pilot[None]) -> None:
        while not isinstance(app.screen, ChooseScreen):
            await pilot.pause(0.02)
        await pilot.pause()

    assert snap_compare(app, terminal_size=SIZES[0], run_before=show)
