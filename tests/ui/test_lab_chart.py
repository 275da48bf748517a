"""The lab's chart and table as lines, without a screen."""

from __future__ import annotations

import pytest

from pgmem_tui.lab.experiment import Began
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.modes import MODES
from pgmem_tui.lab.report import Asked, Report
from pgmem_tui.lab.surroundings import Machine, Server
from pgmem_tui.lab.watching import Watched
from pgmem_tui.ui import way_lines
from pgmem_tui.ui.lab_chart import AXIS, Trace, chart
from pgmem_tui.ui.way_lines import Shown
from tests.lab.test_conclusions import MIB, found

MACHINE = Machine("Linux", "a processor", 2, 1 << 34, "CPython", "2.9", "17", "0", "2026-01-01")


def trace(letter: str, *points: tuple[float, int], rss: int | None = None, **values: bool) -> Trace:
    return Trace(letter, "way-0", f"name {letter}", points, rss=rss, **values)


def drawn(*traces: Trace, cap: int | None = None, legend: bool = False, dots: bool = False) -> list[str]:
    return [line.text for line in chart(traces, cap, 80, 22, legend, dots)]


def rows_with(lines: list[str], letter: str) -> list[int]:
    return [y for y, line in enumerate(lines) if letter in line[AXIS:]]


def test_from_zero_to_a_named_top() -> None:
    lines = drawn(trace("A", (0.5, 50 * MIB), (1.0, 100 * MIB)))
    assert len(lines) == 22 and lines[0].startswith("128 MB ┤") and lines[-2].startswith("     0 └")
    assert lines[-1].rstrip().endswith("1.0 s") and "500 ms" in lines[-1]
    # A straight curve, from the corner to 100 of 128 MB.
    assert rows_with(lines, "A") == list(range(4, 20))
    assert lines[19].index("A") == AXIS and lines[4].rindex("A") > 70


def said_at_the_axis(lines: list[str]) -> list[str]:
    return [line[: AXIS - 2].strip() for line in lines if "┤" in line]


@pytest.mark.parametrize("height", [14, 22, 40])
def test_the_axis_goes_up_in_even_steps(height: int) -> None:
    lines = [line.text for line in chart([trace("A", (1.0, 190 * MIB))], None, 80, height, False)]
    assert said_at_the_axis(lines) == ["192 MB", "144 MB", "96 MB", "48 MB"]
    short = [line.text for line in chart([trace("A", (1.0, 190 * MIB))], None, 80, 8, False)]
    assert said_at_the_axis(short) == ["192 MB", "96 MB"]


def test_the_cap_is_a_line_once_a_curve_comes_near() -> None:
    near = drawn(trace("A", (1.0, 70 * MIB)), cap=100 * MIB)
    assert "- cap -" in near[0] and near[0].startswith("100 MB")
    assert not any("cap" in line for line in drawn(trace("A", (1.0, 10 * MIB)), cap=100 * MIB))
    over = drawn(trace("A", (1.0, 130 * MIB)), cap=100 * MIB)
    assert over[0].startswith("130 MB") and any("- cap -" in line for line in over[1:8])


def test_curves_of_one_place_have_letters_beside_each_other() -> None:
    lines = drawn(*(trace(letter, (1.0, 1000)) for letter in "ABCDEF"), trace("G", (3.0, 1000)), dots=True)
    assert sum(len(set("ABCDEFG") & set(line[AXIS:])) for line in lines) == 7
    assert all(rows_with(lines, letter) for letter in "ABCDEFG")


def test_dots_and_where_there_are_none() -> None:
    curve = trace("A", (1.0, 4096))
    assert any(0x2800 < ord(each) < 0x2900 for line in drawn(curve, dots=True) for each in line)
    plain = drawn(curve)
    assert not any(0x2800 < ord(each) < 0x2900 for line in plain for each in line)
    assert sum(line[AXIS:].count("A") for line in plain) > 20


def test_the_legend_says_what_the_table_says() -> None:
    """What the samples missed, and the median of several runs."""
    lines = drawn(trace("A", (0.001, 0), rss=624 << 10), trace("B", (1.0, 9 * MIB)), legend=True)
    assert any("624 kB" in line for line in lines) and any("9.0 MB" in line for line in lines)


def test_the_legend_names_what_runs_and_what_was_killed() -> None:
    lines = drawn(
        trace("A", (1.0, 5 * MIB), killed=True),
        trace("B", (0.5, 2 * MIB), runs=True),
        trace("C"),
        legend=True,
    )
    assert "  A name A         ≥ 5.0 MB" in lines[0]
    assert "> B name B           2.0 MB" in lines[1]
    assert lines[2].rstrip().endswith("C name C")


@pytest.mark.parametrize(("width", "height"), [(0, 0), (17, 22), (80, 4)])
def test_no_room(width: int, height: int) -> None:
    assert chart([trace("A", (1.0, 1))], None, width, height, True) == []


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 0.003, 59.0, 7000.0])
def test_any_time_and_size(seconds: float) -> None:
    for nbytes in (0, 1, 4096, 1 << 40):
        lines = chart([trace("A", (seconds, nbytes))], 512 * MIB, 100, 30, True)
        assert len(lines) == 30 and all(line.cells <= 100 for line in lines)


# -- the ways as lines ---------------------------------------------------------------------------


def watched(*measurements: Measurement, mode: str = "") -> Watched:
    server = Server("18", True, "", 0.0, ())
    asked = Asked("events", "", 100, tuple(each.mode for each in measurements), 3, 512 * MIB, 60.0)
    report = Report(asked, MACHINE, server, 3, measurements)
    return Watched(Began(mode or "copy", "", 2, 10), 0.0, 0, 0, 0, ((0.1, 5),) if mode else (), report)


def test_each_way_has_its_letter_and_place() -> None:
    assert [way_lines.letter(name) for name in way_lines.NAMES] == list("ABCDEFGHIJKLMNO")
    lines = way_lines.lines(Shown(frozenset(["limit"])), 78)
    assert len(lines) == 1 + len(MODES)
    assert lines[1].text.startswith(" * A fetchall ") and lines[3].text.startswith("   C limit ")
    assert MODES["hold"].sentence in way_lines.lines(Shown(), 160)[10].text


@pytest.mark.parametrize("width", [60, 78, 98, 158])
def test_figures_stand_in_columns(width: int) -> None:
    killed = found("fetchall", rss=491 * MIB, killed=True, first_row=None)
    large = found("named-10", rss=999 * MIB, uss=999 * MIB, nbytes=999 * MIB, round_trips=100_003)
    skipped = Measurement("keyset", "key pages", skipped="there is no primary key to page by")
    seen = watched(killed, large, Measurement("copy", "COPY"), skipped)
    lines = way_lines.lines(Shown(frozenset(["limit"]), None, seen, "copy"), width)
    assert all(line.cells <= width or "keyset" in line.text for line in lines)
    head = lines[0].text
    assert ("USS" in head) == (width >= 78) and ("rows/s" in head) == (width > 80) and "time" in head
    column = head.index("RSS") + 3
    assert lines[1].text[:column].endswith("≥491 MB") and "never" in lines[1].text
    assert lines[4].text[:column].endswith("999 MB") and "100,003" in lines[4].text
    assert lines[12].text.endswith("not run: there is no primary key to page by")
    assert lines[13].text.startswith(">* M copy")


def test_the_curve_that_grows_is_the_one_of_what_runs() -> None:
    before = Measurement("named-10", "", curve=((1.0, 7),))
    seen = watched(before, Measurement("copy", "COPY"), mode="named-10")
    (now,) = way_lines.traces(seen, runs=True)
    assert now.runs and now.points == ((0.1, 5),)
    (then,) = way_lines.traces(seen, runs=False)
    assert not then.runs and then.points == ((1.0, 7),)
    assert way_lines.traces(None, runs=False) == []
