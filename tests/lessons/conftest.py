"""Databases that lessons run on, and lessons made up for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pgmem_tui.demo.seed import seed
from pgmem_tui.demo.steps import Amounts
from pgmem_tui.lessons import format as lesson_format
from pgmem_tui.lessons import site
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.running import LessonResult, LessonRun
from pgmem_tui.lessons.site import Site
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import Server, _create, _drop, _unique_name

AMOUNTS = Amounts(events=220_000, users=2_000, orders=1_000, sales=4_000, documents=20, wide=200)
"""As many events as a program reads, and a few documents."""

TEXT = """\
---
title: A test
minutes: 1
article: 1, 13
---

## Question

What is it?

## Predict

It is

- one (right if `step.n == 1`)
- two,
  or more (right if `step.n >= 2`)

## Run

First:

```python step
from pgmem_tui.lab.notes import note

note("n", 1)
```

## Claims

- `step.n == 1`: it is one

## What happened

It was {step.n}.

## Why

So.

## Code

```python
## no heading
```

## Pitfall

None.

## Further reading

- [A page](https://example.org/page) about it
"""
"""A lesson with one of everything."""


def made(
    program: str = "", *, steps: str = "", claims: str = "- `step.n == 1`: it is one", head: str = ""
) -> Lesson:
    """A lesson of this program, or of these fences, and these claims."""
    run = steps or f"```python step\n{program}\n```"
    text = re.sub(r"```python step.*?```", lambda match: run, TEXT, flags=re.DOTALL)
    text = text.replace("- `step.n == 1`: it is one", claims).replace("minutes: 1\n", f"minutes: 1\n{head}")
    return lesson_format.parse(text, "made", "made.md")


def whole(run: LessonRun) -> LessonResult:
    """Run every step."""
    try:
        for index in range(len(run.steps)):
            for _ in run.step(index):
                pass
        return run.result()
    finally:
        run.close()


@pytest.fixture(scope="session")
def lesson_database(server: Server) -> Iterator[ConnectionSettings]:
    """The demo's tables, with as many events as lessons read. For reading only."""
    name = _unique_name()
    settings = _create(server, name, "UTF8")
    seed(settings, AMOUNTS)
    yield replace(settings, application_name="pgmem-lessons")
    _drop(server, name)


@pytest.fixture
def place(lesson_database: ConnectionSettings) -> Site:
    return site.look(lesson_database, own_server=True)


@pytest.fixture
def bare(database: ConnectionSettings) -> Site:
    """An empty database on a server that is not ours."""
    return site.look(replace(database, application_name="pgmem-lessons"), own_server=False)
