"""Text of a server that does not say how it is encoded (SQL_ASCII), kept byte for byte.

Such a server stores whatever bytes it is sent
(https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-CHARSET-SUPPORTED). Nearly all of
it is UTF-8; a byte that is not becomes a lone surrogate, as Python does for file names (PEP 383), so
that nothing fails to decode, the screen shows it escaped, and sending it back sends the same byte.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import TYPE_CHECKING

from psycopg2 import extensions as ext

if TYPE_CHECKING:
    from typing_extensions import Buffer

CODEC = "pgmem_raw_text"
_PYTHON_NAME = CODEC.replace("_", "")
_ERRORS = "surrogateescape"


@cache
def install() -> None:
    """Make psycopg2 use it wherever the client encoding is SQL_ASCII; before it connects."""
    codecs.register(_search)
    ext.encodings["SQL_ASCII"] = ext.encodings["SQLASCII"] = CODEC


def _search(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "") != _PYTHON_NAME:
        return None
    return codecs.CodecInfo(_encode, _decode, name=CODEC)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return text.encode("utf-8", _ERRORS), len(text)


def _decode(data: Buffer, errors: str = "strict") -> tuple[str, int]:
    raw = bytes(data)
    return raw.decode("utf-8", _ERRORS), len(raw)
