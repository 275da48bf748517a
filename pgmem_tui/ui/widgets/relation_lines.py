"""What the tree says below a relation that is open: size, partitions, columns, keys, indexes."""

from __future__ import annotations

from collections.abc import Iterator

from pgmem_tui.display import quantities
from pgmem_tui.display.tree_model import DetailLine
from pgmem_tui.postgres.relation_details import Index, Key, RelationDetails


def detail_lines(details: RelationDetails) -> tuple[DetailLine, ...]:
    """The lines for `TableTree.show_details`; names in them are as the server sent them."""
    return (
        *_storage(details),
        DetailLine("Columns", heading=True),
        *(
            DetailLine(column.name, f"{column.type_name} not null" if column.not_null else column.type_name)
            for column in details.columns
        ),
        *_group("Keys", [_key(key) for key in details.keys]),
        *_group("Indexes", [_index(index) for index in details.indexes]),
    )


def _storage(details: RelationDetails) -> Iterator[DetailLine]:
    if details.nbytes >= 0:
        yield DetailLine(f"Size {quantities.nbytes(details.nbytes)}", heading=True)
    if details.partition_bound:
        yield DetailLine(f"Partition {details.partition_bound}", heading=True)
    if details.partition_key:
        yield DetailLine(f"Partitioned by {details.partition_key}", heading=True)


def _group(title: str, lines: list[DetailLine]) -> list[DetailLine]:
    return [DetailLine(title, heading=True), *lines] if lines else []


def _key(key: Key) -> DetailLine:
    columns = f"({', '.join(key.columns)})"
    if key.referenced is None:
        return DetailLine("primary key" if key.kind == "p" else "unique", columns)
    other = f"{'.'.join(key.referenced)} ({', '.join(key.referenced_columns)})"
    return DetailLine("foreign key", f"{columns} to {other}")


def _index(index: Index) -> DetailLine:
    _, _, method_and_columns = index.definition.partition(" USING ")
    words = ["unique" if index.unique else "", method_and_columns, "" if index.valid else "not valid"]
    return DetailLine(index.name, " ".join(filter(None, words)))
