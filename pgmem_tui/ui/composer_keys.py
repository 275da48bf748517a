"""The keys that the composer lists: those of the line under the cursor, and those of everywhere. Pure."""

from __future__ import annotations

from pgmem_tui.ui.query_draft import Place, QueryDraft, Section

_LETTERS = "".join(part.letter for part in Section)
_KEYS = {
    Section.TABLE: "space another table",
    Section.JOINS: "a add  space inner/left  x remove",
    Section.COLUMNS: "a add  space aggregate  n name  J K move  x remove",
    Section.DISTINCT: "space each row once, or as they come",
    Section.WHERE: "a add  space value  = ! operator, not  > < | groups  x remove",
    Section.ORDER: "a add  space up, down  n NULLs  J K move  x remove",
    Section.LIMIT: "space, or a number  x all rows",
}
_ADDING = {
    Section.JOINS: "space add along a foreign key",
    Section.COLUMNS: "space add columns",
    Section.WHERE: "space add a condition",
    Section.ORDER: "space add a sort key",
}
_ALWAYS = (
    f" ↵ run │ tab {_LETTERS} parts  v view  y copy  e edit SQL  u undo  ? keys",
    f" ↵ run │ {_LETTERS} parts  v view  y copy  e SQL  ? keys",
    " ↵ run  v view  y copy  ? keys",
)
_TYPING = "↵ takes it  esc leaves it as it was"


def first_keys(draft: QueryDraft, place: Place, typing: bool) -> str:
    """What can be done with a line, or with what is typed on it."""
    if typing:
        return _TYPING
    if place.section is Section.TABLE and not draft.spec.source.oid:
        return "space choose a table"
    if place.adds and (adding := _ADDING.get(place.section)):
        return adding
    return _KEYS[place.section]


def always(width: int) -> str:
    """What can be done on every line, as far as there is room for it."""
    return next((keys for keys in _ALWAYS if len(keys) < width), _ALWAYS[-1])
