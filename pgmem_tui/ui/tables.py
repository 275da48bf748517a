"""Between the catalog's thread and the tree of tables."""

from __future__ import annotations


class Tables:
    """Loads the tree, lazily."""
