from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgmem_tui.postgres import relation_names
from pgmem_tui.postgres.relation_names import nearest, quote_name, split_name


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(relation_names).failed == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("events", ("events",)),
        ("Shop.Events", ("shop", "events")),
        ('"Shop".Events', ("Shop", "events")),
        ('"a.b"."c""d"', ("a.b", 'c"d')),
        ('Foo"Bar"Baz', ("fooBarbaz",)),
        ('"open.end', ("open.end",)),
        ("ÄRGER", ("Ärger",)),
        ('""', ("",)),
        ("a..b", ("a", "", "b")),
        ("two words", ("two words",)),
    ],
)
def test_psql_reads_it_so(text: str, parts: tuple[str, ...]) -> None:
    assert split_name(text) == parts


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_what_is_quoted_is_read_back(parts: list[str]) -> None:
    assert split_name(quote_name(*parts)) == tuple(parts)


def test_nearest() -> None:
    names = ["events", "event_types", "customers", "documents", "x"]
    assert nearest("evnts", names)[0] == "events"
    assert nearest("EVENT", names)[:2] == ("events", "event_types")
    assert nearest("costumers", names) == ("customers",)
    assert nearest("qqq", names) == ()
    assert nearest("", names) == ()
    assert nearest("a", []) == ()
