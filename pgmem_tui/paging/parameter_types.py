"""Which types a server infers for the parameters of statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pgmem_tui.language.splitting import split
from pgmem_tui.paging.catalog_requests import CatalogEvent, CatalogRequest
from pgmem_tui.postgres.connection import Connection
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.parameters import UNKNOWN, ParameterRefused, types


@dataclass(frozen=True)
class TypesInferred(CatalogEvent):
    """The answer to `InferTypes`."""

    types: tuple[tuple[str, str], ...]
    """Name and type of each parameter, in the order they come in; unknown where statements want different
    ones."""
    problem: Problem | None = None
    """Why there are none: a statement that means nothing. Its position is in the whole text."""


@dataclass(frozen=True)
class InferTypes(CatalogRequest):
    """The types of the parameters of statements, answered by `TypesInferred`."""

    text: str
    """One or several statements."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Name and likely value of parameters that are identifiers: without them nothing can be inferred."""

    def run(self, connection: Connection, emit: Callable[[CatalogEvent], None]) -> TypesInferred:
        """Let the server prepare each statement."""
        found: dict[str, str] = {}
        for statement in split(self.text):
            try:
                inferred = types(connection, statement.text(self.text), dict(self.identifiers))
            except ParameterRefused as error:
                problem = explain(error, None)
                position = statement.start + problem.position if problem.position else 0
                return TypesInferred(self.generation, (), replace(problem, position=position))
            for name, type_name in inferred.items():
                found[name] = type_name if found.get(name, type_name) == type_name else UNKNOWN
        return TypesInferred(self.generation, tuple(found.items()))
