"""Names and values that formatting as text would break, composed by keys: the rows are those inserted."""

from __future__ import annotations

import pytest
from psycopg2 import sql
from textual import events

from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui.screens.browse import BrowseScreen
from tests.conftest import connect
from tests.ui.program import FIRST, Program, program

TABLE = "zz \"quo\"'te'; DROP TABLE x; --\n%s %% {0} \x1b[2J"
OTHER = "[b]mark\u202eup[/b]"
KEY, VALUE, LINK = 'Ke"y %s', "va'l\nue\t\x07", "li;nk--"
VALUES = (
    "plain",
    "",
    None,
    "NULL",
    "it's; DROP TABLE x; --",
    'back\\slash "double" %s %(x)s {y}',
    "two\nlines\tand a tab",
    "\x1b[31mred\x1b[0m \u202ebidi",
    "日本語 👨‍👩‍👧",
)


@pytest.fixture
def hostile(database: ConnectionSettings) -> ConnectionSettings:
    """Two tables, the one referring to the other."""
    with connect(database) as connection, connection.cursor() as cursor:
        names: dict[str, sql.Composable] = {
            "table": sql.Identifier(TABLE),
            "other": sql.Identifier(OTHER),
            "key": sql.Identifier(KEY),
            "value": sql.Identifier(VALUE),
            "link": sql.Identifier(LINK),
        }
        cursor.execute(sql.SQL("CREATE TABLE {other} ({key} int PRIMARY KEY, {value} text)").format(**names))
        cursor.execute(
            sql.SQL(
                "CREATE TABLE {table} ({key} int PRIMARY KEY, {value} text, {link} int REFERENCES {other})"
            ).format(**names)
        )
        for number, value in enumerate(VALUES):
            row: dict[str, sql.Composable] = {"n": sql.Literal(number), "v": sql.Literal(value)}
            cursor.execute(sql.SQL("INSERT INTO {other} VALUES ({n}, {v})").format(**names, **row))
            cursor.execute(sql.SQL("INSERT INTO {table} VALUES ({n}, {v}, {n})").format(**names, **row))
    connection.close()
    return database


async def paste(shown: Program, text: str) -> None:
    """Paste a text, whatever is in it."""
    driver = shown.app._driver
    assert driver is not None
    event = events.Paste(text)
    event.set_sender(shown.app)
    driver.send_message(event)
    await shown.pilot.pause(0)


async def opened(shown: Program) -> None:
    """From the tree into the composer."""
    await shown.shows("choose a table", "zz ")
    await shown.press("/", *"zz drop", "enter")
    await shown.shows(FIRST)
    await shown.press("c")
    await shown.shows("Compose ─", "FROM ")


def found(shown: Program, columns: int) -> list[tuple[str | None, ...]]:
    """The rows that are here."""
    result = shown.browse.browsing.result
    rows = (result.row(number) for number in range(len(VALUES)))
    return [row[:columns] for row in rows if row is not None]


async def run(shown: Program) -> None:
    """Open the rows."""
    await shown.press("r")
    await shown.until(lambda: isinstance(shown.app.screen, BrowseScreen))
    await shown.until(lambda: shown.browse.browsing.opened is not None and not shown.browse.browsing.busy)


@pytest.mark.parametrize("number", [n for n, value in enumerate(VALUES) if value is not None])
async def test_each_value_is_found_by_itself_alone(hostile: ConnectionSettings, number: int) -> None:
    value = VALUES[number]
    assert value is not None
    async with program(hostile) as shown:
        await opened(shown)
        await shown.press("w", "enter", *"vaue", "enter", "enter")
        await paste(shown, value)
        await shown.press("enter")
        await run(shown)
        await shown.until(lambda: found(shown, 2) == [(str(number), value)])
        assert "\x1b" not in shown.text and "\u202e" not in shown.text


async def test_null_is_not_the_word_and_not_the_empty_string(hostile: ConnectionSettings) -> None:
    async with program(hostile) as shown:
        await opened(shown)
        await shown.press("w", "enter", *"vaue", "enter", "enter", "ctrl+n")
        await run(shown)
        await shown.until(lambda: found(shown, 2) == [("2", None)])
        await shown.press("c")
        await shown.shows("is null")
        await shown.press("w", "!")
        await run(shown)
        await shown.until(lambda: len(found(shown, 2)) == len(VALUES) - 1)
        assert ("2", None) not in found(shown, 2)


async def test_joined_grouped_named_and_sorted(hostile: ConnectionSettings) -> None:
    alias = '"; --\\n %s'
    async with program(hostile) as shown:
        await opened(shown)
        await shown.press("f", "enter")
        await shown.shows("1 of 1")
        await shown.press("enter")
        await shown.shows("INNER [b]mark\\u202eup[/b]")
        await shown.press("c", " ", *"[b]va", "tab", *"count(", "enter")
        await shown.shows("one row for each")
        await shown.press("n", *alias, "enter", "o", "enter", *"[b]va", "enter")
        await shown.press("n", "n")
        await shown.shows("NULLS LAST")
        await shown.press("n")
        await run(shown)
        expected = sorted((value for value in VALUES if value is not None), key=str.encode)
        await shown.until(lambda: len(found(shown, 2)) == len(VALUES))
        names = [column.name for column in shown.browse.browsing.result.columns]
        assert names == [VALUE, alias]
        assert sorted(found(shown, 2), key=str) == sorted(
            [*((v, "1") for v in expected), (None, "1")], key=str
        )
        assert "\x1b" not in shown.text and "\u202e" not in shown.text


async def test_many_values_at_once(hostile: ConnectionSettings) -> None:
    async with program(hostile) as shown:
        await opened(shown)
        await shown.press("w", "enter", *"vaue", "enter", *"in", "enter")
        for value in VALUES[4:]:
            assert value is not None
            await paste(shown, value)
            await shown.press("enter")
        await shown.press("ctrl+e", "enter")
        await run(shown)
        expected = [(str(number), value) for number, value in enumerate(VALUES) if number > 3 or value == ""]
        await shown.until(lambda: sorted(found(shown, 2), key=str) == sorted(expected, key=str))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_what_formatting_would_have_sent_is_marked(
    hostile: ConnectionSettings, size: tuple[int, int]
) -> None:
    async with program(hostile, table=f'"{TABLE.replace(chr(34), chr(34) * 2)}"', size=size) as shown:
        await shown.shows(FIRST)
        await shown.press("c")
        await shown.shows("Compose ─", "FROM ")
        await shown.press("w", "enter", *"vaue", "enter", "enter", *"x' OR '1'='1", "enter", "v", "v")
        await shown.shows("! never sent; ", "would be read as something else")
        preview = shown.app.screen.query_one("ComposerPreview")
        style = preview.get_component_rich_style("composer-preview--broken")
        painted = [segment for y in range(preview.size.height) for segment in preview.render_line(y)]
        broken = "".join(segment.text for segment in painted if segment.style == style)
        assert "DROP" in broken
        assert "\x1b" not in shown.text and "\u202e" not in shown.text
