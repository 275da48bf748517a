"""Pages of the documentation are links, also where little of their address is seen."""

from __future__ import annotations

import pytest
from rich.style import Style

from pgmem_tui.ui.hyperlinks import is_page, link_to, linked

PAGE = "https://www.postgresql.org/docs/current/sql-fetch.html#X-1"


def _links(shown: str, full: str = "") -> list[tuple[str, str | None]]:
    return [(part.text, part.style.link if part.style else None) for part in linked(shown, Style(), full)]


def test_a_page_in_a_text() -> None:
    assert _links(f"see {PAGE} first") == [("see ", None), (PAGE, PAGE), (" first", None)]


def test_of_a_cut_one_the_whole_is_the_link() -> None:
    seen = "see https://www.postgresql.org/d"
    assert _links(f"{seen}…", f"see {PAGE}") == [("see ", None), (seen[4:], PAGE), ("…", None)]


def test_one_that_is_not_seen_is_none() -> None:
    assert _links("see …", f"see {PAGE}") == [("see …", None)]


def test_without_its_scheme() -> None:
    page = "psycopg.org/docs/usage.html"
    assert _links(f"{page} · end") == [(page, f"https://www.{page}"), (" · end", None)]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/postgresql.org/docs",
        "https://postgresql.org.example.org/docs/x",
        "https://example.org",
        "http://www.postgresql.org",
        "a\x1b]8;;https://www.postgresql.org/docs/x\x1b\\",
        "\u202ehttps://www.postgresql.org/docs/x",
    ],
)
def test_other_addresses_lead_nowhere(text: str) -> None:
    assert all(link is None for _, link in _links(text))


@pytest.mark.parametrize(
    "text", ["https://a/\x1b]8;;https://b\x1b\\", "https://a/\u202etxt", "http://a", "a"]
)
def test_what_is_no_address_is_no_link(text: str) -> None:
    assert link_to(text, Style()).link is None
    assert link_to("https://example.org/a_lesson's", Style()).link


def test_what_a_page_is() -> None:
    assert is_page(PAGE)
    assert not is_page(f"{PAGE} and more")
    assert not is_page("https://example.org")
