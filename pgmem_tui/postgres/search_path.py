"""A search path on which no operator or function of someone else's comes before PostgreSQL's own. Pure.

pg_catalog is searched first, unless the path names it behind another schema. There whoever may create in that
schema (`CREATE OPERATOR evil.= …`) has a function run by each user who compares two numbers, a superuser
too; and whoever owns the database can set such a path for others. Without the name pg_catalog is searched
first again, and nothing else changes: not even where CREATE TABLE creates
(https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG).
"""

from __future__ import annotations

import re

ASK = "pg_catalog.current_setting('search_path')"
LONGEST = 100
"""Characters of schemas' names in a sentence."""
_CATALOG = "pg_catalog"
# As the server splits it: a quotation mark inside a plain name is a part of it, and blanks are ASCII's.
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^", \t\n\r\v\f][^, \t\n\r\v\f]*)')
_UPPER = re.compile("[A-Z]+")


def names(path: str) -> list[str]:
    """The schemas that a path names, in its order.

    Args:
        path: As `current_setting` has it.
    """
    return [
        _UPPER.sub(lambda upper: upper[0].lower(), plain) if plain else quoted.replace('""', '"')
        for quoted, plain in _NAME.findall(path)
    ]


def instead(path: str) -> str:
    """What to set in place of a path that is not safe, as `current_setting` would have it; empty if it is."""
    schemas = names(path)
    if _CATALOG not in schemas[1:] or schemas[0] == _CATALOG:
        return ""
    return ", ".join(_quoted(name) for name in schemas if name != _CATALOG)


def told(path: str) -> str:
    """What to say of a path that is not safe, in names as they are; empty if it is."""
    if not instead(path):
        return ""
    schemas = names(path)
    before = ", ".join(map(_quoted, schemas[: schemas.index(_CATALOG)]))
    if len(before) > LONGEST:
        before = f"{before[:LONGEST]} …"
    return (
        f"search_path has pg_catalog behind {before}, whose operators and functions could take the place of"
        " PostgreSQL's own: pg_catalog is searched first here"
    )


def _quoted(name: str) -> str:
    if re.fullmatch("[a-z_][a-z0-9_]*", name):
        return name
    return '"{}"'.format(name.replace('"', '""'))
