"""Pictures of the lab, with fixed values; each test says what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.app import App
from textual.pilot import Pilot

from pgmem_tui.export.source import of_query
from pgmem_tui.lab.conclusions import conclude
from pgmem_tui.lab.experiment import Began
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.report import Asked, Report
from pgmem_tui.lab.surroundings import Server
from pgmem_tui.lab.trial import Ended
from pgmem_tui.lab.watching import Watched
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.lab_desk import Emit, LabDesk, Phase, Subject
from pgmem_tui.ui.screens.lab import LabScreen
from pgmem_tui.ui.screens.way import WayScreen
from tests.lab.test_conclusions import MIB, found
from tests.ui.test_lab_chart import MACHINE

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (160, 48)]
SUBJECT = Subject(of_query("SELECT 1"), "public.events · kind = buy", {})
SECONDS = {"named-10": 6.8, "offset": 5.1, "named-fetchall": 1.1, "fetchall": 1.6, "iterate": 3.1}


def measured(name: str) -> Measurement:
    """A way's figures and curve, much like those of a million rows."""
    seconds = SECONDS.get(name, 1.7)
    whole = name in ("fetchall", "iterate", "named-fetchall")
    killed = name in ("fetchall", "named-fetchall")
    peak = (491 * MIB if killed else 198 * MIB) if whole else 2 * MIB if name == "named-10000" else 20_480
    each = found(
        name,
        *[seconds] * (1 if killed else 3),
        rss=peak,
        uss=peak,
        backend=140_000,
        temp_bytes=51 * MIB if name in ("named-fetchall", "hold") else 0,
        first_row=None if killed else 0.0015,
        rows=0 if killed else 1_000_000,
        nbytes=0 if killed else 94 * MIB,
        killed=killed,
        round_trips=100_003 if name == "named-10" else 1_003,
    )
    points = tuple((seconds * n / 50, min(peak, peak * n // (50 if killed else 25))) for n in range(1, 51))
    return replace(each, curve=points)


class FixedDesk(LabDesk):
    """A lab whose state is given: nothing is connected, nothing runs."""

    def __init__(self, *ways: str, runs: str = "") -> None:
        super().__init__(ConnectionSettings(host="db1", dbname="shop"))
        self._subject = SUBJECT
        self.choice = self.choice.turned("copy")
        if not ways:
            return
        skipped = Measurement("keyset", "key pages", skipped="there is no primary key to page by")
        rest = [each for each in MODES if each != "copy"]
        all_of_them = {name: Measurement(name, MODES[name].title) for name in rest}
        all_of_them |= {name: measured(name) for name in ways} | {"keyset": skipped}
        asked = Asked("events", "", 1_000_000, tuple(rest), 3, 512 * MIB, 60.0)
        measurements = tuple(all_of_them.values())
        server = Server("18.6", True, "", 0.00005, ())
        report = Report(asked, MACHINE, server, 8, measurements, conclude(measurements))
        began = Began(runs, MODES[runs].title, 7, 43) if runs else Began("text", "text", 43, 43)
        curve = tuple((n / 40, 20_480) for n in range(1, 60)) if runs else ()
        self.watched = Watched(began, 1.45, 21 * MIB, 20_480, 812_000, curve, report)
        if runs:
            self.phase = Phase.RUNNING
        else:
            self.ended = Ended(self.watched, False, "")

    def open(self, subject: Subject, emit: Emit) -> None:
        """Connect nowhere."""


class LabApp(App[None]):
    """The lab above nothing."""

    def __init__(self, desk: LabDesk) -> None:
        super().__init__()
        self.desk = desk

    def on_mount(self) -> None:
        self.push_screen(LabScreen(self.desk, SUBJECT))


@pytest.mark.parametrize("size", SIZES)
def test_choosing(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Settings, each behind its key; 15 ways with letters, COPY without a mark; what the bright one does and
    the page about it; in the large one its code, and each way's sentence beside its name."""
    assert snap_compare(LabApp(FixedDesk()), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_running(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Two curves that reach the line of the cap, one that levels out at two fifths of it, one that grows
    along the bottom: each with its letter; in the small one a legend, in the large one > before what runs,
    figures of what ran, dashes for what did not; run 7 of 43 below."""
    desk = FixedDesk("fetchall", "iterate", "limit", "named-fetchall", runs="named-10")

    async def begin(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        screen._begun()
        await pilot.pause()

    assert snap_compare(LabApp(desk), terminal_size=size, run_before=begin)


@pytest.mark.parametrize("size", SIZES)
def test_done(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    """Figures in columns, set to the right; ≥491 MB and 'never' where a run was killed; why key pages were
    not run; what follows, with an arrow for more; the small one has no time column."""
    desk = FixedDesk(*(name for name in MODES if name not in ("copy", "keyset")))
    assert snap_compare(LabApp(desk), terminal_size=size)


def test_a_way(snap_compare: SnapCompare) -> None:
    """The sentence, the page, the run's figures, then what the function is given, and its code in colours."""
    app: App[None] = App()
    once = replace(measured("named-10"), runs=measured("named-10").runs[:1])
    takes = {"query": 'SELECT * FROM "public"."events" LIMIT 1000000', "itersize": "10"}

    async def show(pilot: Pilot[None]) -> None:
        app.push_screen(WayScreen(MODES["named-10"], takes, once))
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=show)
