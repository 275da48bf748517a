"""Between the catalog's thread and the tree of tables."""

from __future__ import annotations

from pgmem_tui.paging import catalog_requests as cat
from pgmem_tui.paging.catalog_session import CatalogSession
from pgmem_tui.ui.widgets.table_tree import TableTree


class Tables:
    """Loads the tree, lazily."""
