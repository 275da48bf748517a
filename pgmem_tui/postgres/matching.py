"""Which rows contain a text, in SQL. Pure: nothing is sent from here.

Smart case: where the text has a capital letter, capital and small ones are told apart, else not. strpos()
of lower() takes two thirds of the time of ILIKE whatever the text is, and none of it is a pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import extensions as ext
from psycopg2 import sql

from pgmem_tui.postgres.errors import Refused
from pgmem_tui.postgres.relation import Column

LONGEST = 1000
"""Characters of a text to look for."""
EVERY = 500
"""Of so many rows one comes back that is no hit, to tell how far the search has come."""
_COLUMNS = 2048
"""More than a table or a result can have (https://www.postgresql.org/docs/current/limits.html)."""

_TEXT, _VARCHAR = 25, 1043
_DIGITS = frozenset("0123456789-")
_ISO = _DIGITS | frozenset(":.+ bcinfty")
"""`infinity` and `BC` among them."""
_ALPHABETS: dict[int, frozenset[str]] = {
    **dict.fromkeys((20, 21, 23, 26), _DIGITS),  # bigint, smallint, integer, oid
    **dict.fromkeys((700, 701, 1700), _DIGITS | frozenset(".+einfaty")),  # real, double precision, numeric
    16: frozenset("tf"),
    2950: _DIGITS | frozenset("abcdef"),  # uuid
}
"""What values of a type are written with, in small letters: others need not be looked through."""
_DATES = frozenset({1082, 1083, 1114, 1184})
"""date, time, timestamp, timestamptz."""


@dataclass(frozen=True)
class Matching:
    """Rows that contain a text in one of some columns."""

    text: str
    columns: tuple[Column, ...]
    """Of all that a row has."""
    wanted: tuple[int, ...]
    """Indexes of those that can contain it and are looked at."""

    def hit(self, names: Sequence[sql.Composable]) -> sql.Composed:
        """The index of the first column that contains the text, or NULL.

        Args:
            names: The columns, as the query knows them.
        """
        if not self.wanted:
            return sql.SQL("NULL::pg_catalog.int4") + sql.SQL("")
        whens = [
            sql.SQL("WHEN {} THEN {}").format(
                self.contains(_as_written(self.columns[index], names[index])), sql.Literal(index)
            )
            for index in self.wanted
        ]
        return sql.SQL("CASE {} END").format(sql.SQL(" ").join(whens))

    def contains(self, value: sql.Composable) -> sql.Composed:
        """Whether an expression of type text contains the text."""
        # Of the column's own collation a nondeterministic one would be an error.
        value, text = sql.SQL('{} COLLATE pg_catalog."default"').format(value), sql.Literal(self.text)
        form = "pg_catalog.lower({})" if self.any_case else "{}"
        return sql.SQL("pg_catalog.strpos({}, {}) OPERATOR(pg_catalog.>) 0").format(
            sql.SQL(form).format(value), sql.SQL(form).format(text)
        )

    @property
    def any_case(self) -> bool:
        """Whether capital and small letters are the same, and it has any."""
        return self.text.upper() != self.text and not any(map(str.isupper, self.text))


def matching(
    text: str,
    columns: Sequence[Column],
    among: Sequence[int] = (),
    encoding: str = "UTF8",
    datestyle: str = "ISO",
) -> Matching:
    """What to look for.

    Args:
        text: Plain text.
        columns: Of the rows.
        among: Indexes of the columns to look at; empty is all.
        encoding: `server_encoding`.
        datestyle: `DateStyle`.

    Raises:
        Refused: No value can contain it, or it is too long.
    """
    if not text:
        raise Refused("there is nothing to look for")
    if len(text) > LONGEST:
        raise Refused(f"a text to look for has {LONGEST:,} characters at most")
    try:
        text.encode(ext.encodings.get(encoding, "utf-8"))
    except UnicodeEncodeError as error:
        raise Refused("the server has no such character", position=error.start + 1) from None
    if "\0" in text:
        raise Refused("no value has a NUL character in it", position=text.index("\0") + 1)
    needed = {character.lower() for character in text if character.isascii()}
    looked_at = among or range(len(columns))
    iso = datestyle.startswith("ISO")
    wanted = [index for index in looked_at if needed <= _alphabet(columns[index], iso, needed)]
    return Matching(text, tuple(columns), tuple(wanted))


def _alphabet(column: Column, iso: bool, everything: set[str]) -> frozenset[str]:
    if column.type_oid in _DATES and iso:
        return _ISO
    return _ALPHABETS.get(column.type_oid, frozenset(everything))


def _as_written(column: Column, name: sql.Composable) -> sql.Composable:
    """A value as the server writes it, whole, as an expression of type text."""
    if column.type_oid in (_TEXT, _VARCHAR):
        return name
    # concat() writes as the type does; a cast says `true` for t, and gives an inet its netmask.
    return sql.SQL("pg_catalog.concat({})").format(name)


# -- queries over rows `SELECT hit, <their place>` -----------------------------------------------


def numbered(rows: sql.Composed) -> sql.Composed:
    """Number rows from 1, as they come: n, hit, and where they are."""
    # OFFSET 0 has the hit computed first, so that the window keeps no values.
    return sql.SQL("SELECT pg_catalog.row_number() OVER () AS n, r.* FROM ({} OFFSET 0) AS r").format(rows)


def hits_behind(rows: sql.Composed, number: int) -> sql.Composed:
    """Numbered rows that are hits behind a number; and now and then one that is none."""
    return sql.SQL(
        "SELECT * FROM ({}) AS s WHERE CASE WHEN hit IS NULL"
        " THEN n OPERATOR(pg_catalog.%) {} OPERATOR(pg_catalog.=) 0 ELSE n OPERATOR(pg_catalog.>) {} END"
    ).format(rows, sql.Literal(EVERY), sql.Literal(number))


def last_hit(rows: sql.Composed, limit: int = 0) -> sql.Composed:
    """How many numbered rows there are; the last hit among them, as `unpack` has it; its ctid.

    Args:
        rows: As `numbered` returns them.
        limit: Rows looked at; 0 is all.
    """
    return sql.SQL(
        "SELECT pg_catalog.count(*), pg_catalog.max({}),"
        " pg_catalog.max(ctid) FILTER (WHERE hit IS NOT NULL) FROM ({}) AS t"
    ).format(_packed(), _limited(rows, limit))


def last_hit_so_far(rows: sql.Composed, limit: int) -> sql.Composed:
    """The last hit up to row n, as `unpack` has it, for every so many n; the last is the limit."""
    return sql.SQL(
        "SELECT n, hit FROM (SELECT n, pg_catalog.max({}) OVER (ROWS UNBOUNDED PRECEDING) AS hit"
        " FROM ({}) AS t) AS u"
        " WHERE n OPERATOR(pg_catalog.%) {} OPERATOR(pg_catalog.=) 0 OR n OPERATOR(pg_catalog.=) {}"
    ).format(_packed(), _limited(rows, limit), sql.Literal(EVERY), sql.Literal(limit))


def unpack(packed: str) -> tuple[int, int]:
    """Number, from 1, and column of a hit."""
    return divmod(int(packed), _COLUMNS)


def _packed() -> sql.Composed:
    return sql.SQL("n OPERATOR(pg_catalog.*) {} OPERATOR(pg_catalog.+) hit").format(sql.Literal(_COLUMNS))


def _limited(rows: sql.Composed, limit: int) -> sql.Composed:
    return sql.SQL("SELECT * FROM ({}) AS s LIMIT {}").format(rows, sql.Literal(limit)) if limit else rows
