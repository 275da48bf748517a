"""Requests to a session's thread and the events it answers with: all frozen."""

from __future__ import annotations

from dataclasses import dataclass

from pgmem_tui.postgres.relation import Column, Relation

Row = tuple[str | None, ...]
"""One row as text, a value a column; None is NULL."""
