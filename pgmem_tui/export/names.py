"""Names of formats and files. Imports nothing heavy."""

from __future__ import annotations

from pgmem_tui.files import STDOUT

GZIP_SUFFIX = ".gz"

FORMATS = {
    "csv": "comma-separated, with a header; NULL is empty, an empty text is quoted",
    "tsv": "the same, separated by tabs",
    "jsonl": "one JSON object a line",
    "json": "one JSON array of objects",
    "sql": "INSERT statements",
    "parquet": "Apache Parquet; needs the extra pgmem-tui[parquet]",
    "text": "COPY's own text format, for COPY FROM",
}
"""Each format, and what it is; a file's suffix is its format's name."""

_SUFFIXES = {**{name: name for name in FORMATS}, "ndjson": "jsonl", "txt": "text", "tab": "tsv"}


def format_of(name: str) -> tuple[str, bool]:
    """The format that a file's name tells, empty for none, and whether it is to be compressed."""
    lowered = name.lower()
    compressed = lowered.endswith(GZIP_SUFFIX)
    _, dot, suffix = lowered.removesuffix(GZIP_SUFFIX).rpartition(".")
    return (_SUFFIXES.get(suffix, "") if dot and "/" not in suffix else ""), compressed


def table_of(name: str) -> str:
    """A table's name for INSERT statements, from the file's: `/tmp/buyers.sql.gz` gives `buyers`."""
    last = name.rpartition("/")[2]
    return last.partition(".")[0] if name != STDOUT and last.partition(".")[0] else "query"


def file_name(text: str, form: str, compressed: bool) -> str:
    """A file's name for something with any name: letters, digits and `_-.` of it, and the format's suffix."""
    safe = "".join(letter if letter.isalnum() or letter in "_-." else "_" for letter in text[:80])
    return f"{safe.lstrip('.') or 'query'}.{form}{GZIP_SUFFIX if compressed else ''}"
