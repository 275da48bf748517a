"""Which forms a value can be looked at in, and how its first bytes and its type decide. Pure."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable

from pgmem_tui.display.values import outline
from pgmem_tui.display.values.brackets import ELEMENTS, FIELDS, JSON, bracketed
from pgmem_tui.display.values.outline import NoOutline, Outline
from pgmem_tui.display.values.xml import XML, tagged

TEXT, HEX = "text", "hex"
_BYTEA, _XML, _BOXES, _RECORD = 17, 142, 1020, 2249
_JSON = frozenset({114, 3802})
_OCTAL = re.compile(rb"\\(\\|[0-7]{3})")


def forms(type_oid: int, category: str, beginning: bytes, size: int) -> tuple[str, ...]:
    """The forms of a value, the best one first.

    Args:
        type_oid: Of its type.
        category: `pg_type.typcategory`: A is an array, C a composite.
        beginning: Its first bytes.
        size: Bytes of all of it.
    """
    plain = (HEX, TEXT) if type_oid == _BYTEA else (TEXT, HEX)
    if size > outline.LONGEST:
        return plain
    if type_oid in _JSON:
        return JSON, *plain
    if type_oid == _XML:
        return XML, *plain
    if category == "A" and type_oid != _BOXES:  # whose elements have commas in them
        return ELEMENTS, *plain
    if category == "C" or type_oid == _RECORD:
        return FIELDS, *plain
    first = beginning.lstrip()[:1]
    if first and first in b"{[":
        return *plain, JSON
    return (*plain, XML) if first == b"<" else plain


def make_outline(form: str, data: bytes, given_up: Callable[[], bool] = lambda: False) -> Outline:
    """The outline of a whole value of `outline.LONGEST` bytes at most. Takes up to a second.

    Args:
        form: `JSON`, `XML`, `ELEMENTS` or `FIELDS`.
        data: All of its bytes.
        given_up: Whether nobody waits any longer.

    Raises:
        NoOutline: It is not of that form, or nobody waits.
    """
    if len(data) > outline.LONGEST:
        raise NoOutline(f"longer than {outline.LONGEST:,} bytes")
    text = data.decode("utf-8", "surrogateescape")
    return tagged(text, given_up) if form == XML else bracketed(form, text, given_up)


def from_cell(value: str, type_oid: int) -> bytes:
    """The bytes of a value that is whole in its row; of a bytea those that it stands for.

    https://www.postgresql.org/docs/current/datatype-binary.html
    """
    data = value.encode("utf-8", "surrogateescape")
    if type_oid != _BYTEA:
        return data
    if data.startswith(b"\\x"):
        return binascii.unhexlify(data[2:])
    return _OCTAL.sub(lambda found: _octal(found[1]), data)


def only_blank(data: bytes) -> str:
    """What a value has in it that is nothing but white space, in words; empty for any other."""
    if not data or data.strip(b" \t\r\n\f\v"):
        return ""
    names = {b" ": "space", b"\t": "tab", b"\n": "line feed", b"\r": "carriage return"}
    counts = [(data.count(byte), name) for byte, name in names.items()]
    other = len(data) - sum(count for count, _ in counts)
    listed = [f"{count:,} {name}{'s' * (count > 1)}" for count, name in (*counts, (other, "other")) if count]
    return f"white space only: {', '.join(listed)}"


def _octal(digits: bytes) -> bytes:
    return b"\\" if digits == b"\\" else bytes([int(digits, 8)])
