"""What the chips say in however little room, and what a click on one takes away."""

from __future__ import annotations

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from pgmem_tui.ui.widgets.chips import Chips

TEXTS = ["kind = click", "country IS NOT NULL", "ORDER BY id DESC"]


class ChipsApp(App[None]):
    """Nothing but chips."""

    def __init__(self) -> None:
        super().__init__()
        self.removed: list[int] = []

    def compose(self) -> ComposeResult:
        yield Chips()

    @on(Chips.Removed)
    def _removed(self, message: Chips.Removed) -> None:
        self.removed.append(message.index)


async def shown(pilot: Pilot[None]) -> str:
    await pilot.pause()
    return pilot.app.query_one(Chips).render_line(0).text.rstrip()


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (70, " kind = click ×   country IS NOT NULL ×   ORDER BY id DESC ×"),
        (50, " kind = click ×   country IS NOT NULL ×  +1"),
        (30, " kind = click ×  +2"),
        (20, " kind = cl… ×  +2"),
        (14, " kin… ×  +2"),
    ],
)
async def test_the_first_is_always_there(width: int, text: str) -> None:
    app = ChipsApp()
    async with app.run_test(size=(width, 3)) as pilot:
        app.query_one(Chips).can_focus = False
        app.set_focus(None)
        app.query_one(Chips).show(TEXTS)
        assert await shown(pilot) == text


async def test_the_chosen_one_is_seen_and_what_is_clicked_goes() -> None:
    app = ChipsApp()
    async with app.run_test(size=(30, 3)) as pilot:
        chips = app.query_one(Chips)
        chips.show(TEXTS)
        chips.focus()
        await pilot.press("right")
        assert await shown(pilot) == "+1  country IS NOT N… ×  +1"
        await pilot.press("right")
        assert await shown(pilot) == "+2  ORDER BY id DESC ×"
        await pilot.click(Chips, offset=(10, 0))
        await pilot.press("x", "left", "left")
        await pilot.click(Chips, offset=(10, 0))
        await pilot.click(Chips, offset=(22, 0))
        assert app.removed == [2, 2, 0]
