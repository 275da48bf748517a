"""Reports: through JSON and back, as Markdown and as a picture, whatever names are in them."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from pgmem_tui.lab import chart, report_text
from pgmem_tui.lab.measurement import Measurement
from pgmem_tui.lab.report import Asked, Report, ended, from_json, to_json
from pgmem_tui.lab.surroundings import Server, this_machine
from pgmem_tui.postgres.errors import Refused
from tests.lab.test_conclusions import MIB, found

HOSTILE = 'SELECT \'</text><script>`|``\x1b]0;x\x07\n# "\u202eé\' AS "a|b"'


@pytest.fixture
def made() -> Report:
    asked = Asked("", HOSTILE, 200_000, ("fetchall", "named-1000"), 3, 512 * MIB, 60.0)
    server = Server("18.6", True, "", 0.00005, (("server_version", "18.6"), ("work_mem", "4MB")))
    killed = found("fetchall", rss=500 * MIB, killed=True, rows=0, first_row=None, round_trips=0)
    measurements = (
        replace(killed, curve=((0.5, 10 * MIB), (1.0, 500 * MIB))),
        found("named-1000", 1.0, 3.0, 2.0, uss=10_000, backend=5000, nbytes=77, counted=True),
        Measurement("keyset", "key pages", skipped="there is no primary key to page by"),
        replace(found("offset"), caution="pages may repeat <rows>"),
        found("copy", problem='relation "<b>|`x`\x1b[31m" is gone'),
    )
    return Report(asked, this_machine(), server, 3, measurements, ("One *thing*.",))


def test_json_both_ways(made: Report) -> None:
    text = to_json(made)
    assert from_json(text) == made
    whole = text.replace('"timeout": 60.0', '"timeout": 60')  # as other programs write it
    assert whole != text and from_json(whole).asked.timeout == 60


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "format 2"),
        ({"columns": "3"}, "report.columns"),
        ({"more": 1}, "fields"),
        ({"asked": None}, "report.asked"),
        ({"conclusions": [1]}, "report.conclusions"),
    ],
)
def test_what_is_no_report(made: Report, change: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        from_json(json.dumps(json.loads(to_json(made)) | change))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"a": 1}', pytest.param("[" * 100_000, id="deep")])
def test_what_is_no_report_at_all(text: str) -> None:
    with pytest.raises(Refused):
        from_json(text)


def test_the_table(made: Report) -> None:
    rows = {
        row[0]: dict(zip([name for name, _ in report_text.HEADINGS], row, strict=True))
        for row in report_text.rows(made)
    }
    assert rows["fetchall"]["RSS"] == "≥ 500 MB" and rows["fetchall"]["first row"] == "never"
    assert rows["named-1000"] == {
        **{"way": "named-1000", "RSS": "20 kB", "USS": "9.8 kB", "first row": "1.0 ms", "time": "2.0 s"},
        **{"rows/s": "50k", "bytes": "77 B", "trips": "103", "server": "4.9 kB", "temp": "–"},
    }
    assert set(rows["keyset"].values()) == {"keyset", "–"}
    told = report_text.remarks(made)
    assert (
        told[0] == "fetchall: killed at the cap of 512 MB after 1.0 s, when the program had seen not one row"
    )
    assert told[1] == "keyset: not run: there is no primary key to page by"


def test_of_one_run_there_is_no_median(made: Report) -> None:
    once = replace(made, asked=replace(made.asked, repeat=1))
    for form in (report_text.to_markdown, report_text.plain):
        assert "Medians of the runs" in " ".join(form(made).split())
        assert "Medians" not in form(once)


def test_a_cancelled_report_says_so_and_speaks_of_what_ran(made: Report) -> None:
    once = found("named-1000")
    unreached = Measurement("offset", "LIMIT and OFFSET pages", caution="pages may repeat rows")
    skipped = Measurement("keyset", "key pages", skipped="there is no primary key to page by")
    report = ended(replace(made, measurements=(once, unreached, skipped), conclusions=()))
    assert report.cancelled == "cancelled after 1 of 2 ways"
    assert from_json(to_json(report)) == report and '"cancelled after 1 of 2 ways"' in to_json(report)
    assert report.asked == made.asked  # to run again: all of it
    forms = [form(report) for form in (to_json, report_text.to_markdown, report_text.plain, chart.draw)]
    assert all("cancelled after 1 of 2 ways" in text for text in forms)
    assert not any("OFFSET" in text or "pages may repeat" in text for text in forms)
    markdown = forms[1]
    assert "read in" not in markdown and "each way once" in markdown and "Medians" not in markdown
    assert "Not surely the same rows" not in markdown and "keyset: not run: there is no" in markdown


def test_cancelled_while_ways_were_repeated(made: Report) -> None:
    report = ended(replace(made, measurements=(found("copy", 1.0, 1.0), found("text", 1.0))))
    assert report.cancelled == "cancelled after 3 of 6 runs"
    assert "each way at most 3 times" in report_text.to_markdown(report)
    twice = ended(replace(made, measurements=(found("copy", 1.0), found("text", 1.0))))
    assert twice.cancelled == "cancelled after 2 of 6 runs" and "Medians" not in report_text.plain(twice)


def test_what_came_to_its_end_is_not_cancelled(made: Report) -> None:
    whole = replace(made, measurements=tuple(each for each in made.measurements if each.mode != "offset"))
    assert ended(whole) == whole  # what was killed or failed is not run again


def test_a_report_without_the_word_is_read(made: Report) -> None:
    old = json.loads(to_json(made))
    del old["cancelled"]
    assert from_json(json.dumps(old)) == made


def test_nothing_hostile_comes_through(made: Report) -> None:
    for text in (report_text.to_markdown(made), report_text.plain(made), chart.draw(made)):
        assert not set("\x1b\x07\u202e") & set(text)
    markdown = report_text.to_markdown(made)
    assert markdown.startswith("# ``` SELECT ")
    assert "## Not surely the same rows\n\n- offset: pages may repeat \\<rows\\>\n" in markdown
    assert "\noffset: pages may repeat <rows>\n" in report_text.plain(made)
    assert ", read in 4 ways\n" in markdown  # and not in the one that was not run
    assert "## Ways\n\n- fetchall: unnamed cursor, fetchall()\n" in markdown
    assert "fetchall: unnamed cursor, fetchall(); named-1000: " in report_text.plain(made)
    assert "\\<b\\>\\|\\`x\\`" in markdown and "One \\*thing\\*." in markdown
    for width in (79, 100):
        assert max(map(len, report_text.plain(made, width).splitlines())) <= width


def test_the_picture_is_well_formed(made: Report) -> None:
    root = ElementTree.fromstring(chart.draw(made))
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("SELECT '</text><script>") for text in texts)
    assert {"≥ 500 MB", "killed at the cap", "cap 512 MB", "failed"} <= set(texts)
    for name in ("copy", "text"):
        low = replace(made, measurements=(*made.measurements[:1], found("copy"), found(name)))
        low = replace(low, measurements=low.measurements[: 2 + (name == "text")])
        said = "1 other at most 20 kB" if name == "copy" else "2 others, each at most 20 kB"
        assert f">{said}<" in chart.draw(low)
    empty = replace(made, measurements=made.measurements[2:3])
    ElementTree.fromstring(chart.draw(empty))
