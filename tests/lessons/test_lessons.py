"""Each lesson of the program, run on a server: its claims hold, and its text can be written."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2 import errorcodes, sql
from psycopg2.extensions import connection as Connection

from pgmem_tui.lessons import format as lesson_format
from pgmem_tui.lessons import loader, wording
from pgmem_tui.lessons.claims import Judged, Verdict
from pgmem_tui.lessons.front_matter import ARTICLE_ROWS
from pgmem_tui.lessons.lesson import Lesson
from pgmem_tui.lessons.running import LessonResult, LessonRun
from pgmem_tui.lessons.site import Site
from tests.conftest import connect
from tests.export.conftest import eventually
from tests.lessons.conftest import made, whole

LESSONS = loader.built_in()
ANYWHERE = [lesson for lesson in LESSONS if not lesson.needs.own_server]

DOCUMENTATION = (
    *("www.postgresql.org/docs/current/", "www.psycopg.org/", "docs.python.org/3/"),
    *("man7.org/linux/man-pages/", "psutil.readthedocs.io/", "www.pgbouncer.org/"),
)

ASK_THE_SERVER = {
    *("with-blocks", "which-memory-figure", "quoting-names", "errors-say-what-to-do"),
    *("scroll-and-move", "with-hold", "the-cursors-plan"),
}
"""Lessons that ask the server what not every role may know, or end a session."""

names = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
anywhere = pytest.mark.parametrize("lesson", ANYWHERE, ids=lambda lesson: lesson.name)


def proved(result: LessonResult) -> None:
    """Every step ran to its end, and every claim holds of what was measured."""
    assert result.whole and result.failed is None, result.failed and result.failed.problem
    wrong: list[Judged] = [judged for judged in result.claims if judged.verdict is not Verdict.HOLDS]
    assert not wrong, wrong
    assert result.claims
    assert result.right is not None, result.values


def others(connection: Connection) -> list[tuple[str, str]]:
    """The other sessions on the database: application names and what they sent last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return cursor.fetchall()


@names
def test_its_claims_hold(lesson: Lesson, place: Site) -> None:
    run = LessonRun(lesson, place)
    result = whole(run)
    proved(result)
    for template in (lesson.happened, lesson.why):
        text = wording.fill(template, result.values)
        assert wording.MISSING not in text
    connection = connect(place.settings)
    try:
        eventually(lambda: not others(connection), about=lambda: others(connection))
    finally:
        connection.close()


@anywhere
def test_it_runs_on_rows_made_up(lesson: Lesson, bare: Site) -> None:
    run = LessonRun(lesson, bare)
    proved(whole(run))
    if lesson.table:
        assert "makes up" in run.about


def test_it_runs_on_a_table_of_the_users(bare: Site) -> None:
    name = 'it\'s "odd" \\ {}\n %s \u202e'
    connection = connect(bare.settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "CREATE TABLE {} AS SELECT n, 'text ' || n AS t, n * 0.5 AS f, now() AS at"
                    " FROM generate_series(1, 210000) AS n"
                ).format(sql.Identifier(name))
            )
            quoted = sql.Identifier(name).as_string(connection)
    finally:
        connection.close()
    for lesson in ANYWHERE:
        if lesson.table == "events" and lesson.any_table:
            run = LessonRun(lesson, bare, quoted)
            assert run.about.startswith("reads public.")
            proved(whole(run))


def test_they_run_for_an_ordinary_role(bare: Site) -> None:
    role = f"reader_{bare.settings.dbname}"
    ordinary = replace(bare, settings=replace(bare.settings, user=role), superuser=False)
    connection = connect(bare.settings)
    cursor = connection.cursor()
    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    try:
        for lesson in (lesson for lesson in ANYWHERE if lesson.name in ASK_THE_SERVER):
            result = whole(LessonRun(lesson, ordinary))
            # What only some roles may see is not measured, and no claim about it fails.
            assert result.passed, (lesson.name, result.failed and result.failed.problem, result.claims)
            assert any(judged.verdict is Verdict.HOLDS for judged in result.claims)
            for template in (lesson.happened, lesson.why):
                assert wording.MISSING not in wording.fill(template, result.values), lesson.name
    finally:
        cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        connection.close()


@names
def test_its_programs_are_whole_and_plain(lesson: Lesson) -> None:
    for program in lesson.programs:
        ast.parse(program.source)
        assert '.connect("")' in program.source
        if lesson.table and lesson.any_table:
            assert f'TABLE = sql.Identifier("{lesson.table}")' in program.source
    assert all(len(line) <= 110 for program in lesson.programs for line in program.source.splitlines())


@names
def test_its_facts_have_pages(lesson: Lesson) -> None:
    urls = [page.url for page in lesson.reading]
    assert len(urls) >= 2 and len(set(urls)) == len(urls)
    assert all(url.removeprefix("https://").startswith(DOCUMENTATION) for url in urls)


def test_the_one_in_the_readme(place: Site) -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
    (text,) = re.findall(r"^````markdown\n(.*?)^````$", readme, re.MULTILINE | re.DOTALL)
    proved(whole(LessonRun(lesson_format.parse(text, "readme", "README.md"), place)))


def test_they_are_in_order() -> None:
    assert [lesson.name for lesson in LESSONS][:3] == [
        "why-did-my-script-eat-1gb",
        "iterating-does-not-help",
        "give-it-a-name",
    ]
    numbers = [int(lesson.place[:2]) for lesson in LESSONS]
    assert numbers == list(range(1, len(LESSONS) + 1))


def test_they_cover_the_article() -> None:
    assert {row for lesson in LESSONS for row in lesson.article} == set(ARTICLE_ROWS)


def test_programs_of_lessons_that_only_read_cannot_write(bare: Site) -> None:
    create = 'import psycopg2\npsycopg2.connect("").cursor().execute("CREATE TABLE t (n int)")'
    result = whole(LessonRun(made(create), bare))
    assert (
        result.failed is not None and result.values["step.sqlstate"] == errorcodes.READ_ONLY_SQL_TRANSACTION
    )
