"""Who may import whom, seen from fresh processes: everything but the screen runs without Textual."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pgmem_tui"


def modules(*folders: str) -> list[str]:
    """Every module in these folders of the package."""
    files = [path for folder in folders for path in sorted((PACKAGE / folder).rglob("*.py"))]
    dotted = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in dotted]


def imported_with(*names: str) -> set[str]:
    """Top-level packages in `sys.modules` after importing these in a fresh process."""
    code = f"import sys, {', '.join(names)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


PARTS = sorted(
    path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists() and path.name != "ui"
)


@pytest.mark.parametrize("part", PARTS)
def test_everything_but_the_screen_runs_without_textual(part: str) -> None:
    names = modules(part)
    assert len(names) > 1
    assert not imported_with(*names) & {"textual", "rich"}


def test_textual_is_what_the_screen_needs() -> None:
    """Else the tests above would find nothing, whatever was imported."""
    assert imported_with("pgmem_tui.ui.app") >= {"textual", "rich"}


def test_the_first_picture_waits_for_no_driver() -> None:
    """The bar is painted first; what speaks with a server is imported behind it."""
    assert not imported_with("pgmem_tui.ui.app") & {"psycopg2", "psutil", "pglast"}


@pytest.mark.parametrize("name", ["pgmem_tui", "pgmem_tui.cli"])
def test_the_command_line_imports_nothing_heavy(name: str) -> None:
    assert not imported_with(name) & {"textual", "rich", "psycopg2", "psutil", "pglast", "asyncio"}


def test_paging_needs_no_parser_before_a_query_is_typed() -> None:
    assert "pglast" not in imported_with("pgmem_tui.paging.session")


def test_no_part_needs_a_parser_before_a_statement_is_looked_at() -> None:
    assert "pglast" not in imported_with(*modules("language", "postgres"))


def test_what_is_shown_knows_no_server() -> None:
    assert not imported_with(*modules("display")) & {"psycopg2", "psutil"}


def test_what_is_remembered_knows_no_server() -> None:
    assert not imported_with(*modules("history")) & {"psycopg2", "psutil", "pglast", "asyncio"}


def test_browsing_tables_needs_no_history() -> None:
    assert "sqlite3" not in imported_with("pgmem_tui.ui.app", "pgmem_tui.ui.screens.browse")
