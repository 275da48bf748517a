"""What may go wrong in the middle of an export; nothing is left of it, here or on the server."""

from __future__ import annotations

import errno
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection

from pgmem_tui.export import source
from pgmem_tui.export.job import Export, Order
from pgmem_tui.files.target import AppearedMeanwhile, Target
from pgmem_tui.postgres.session_settings import SessionSettings
from pgmem_tui.postgres.settings import ConnectionSettings
from tests.export.conftest import backends, eventually, export, start

ENDLESS = "SELECT n, 'row ' || n AS what FROM (SELECT generate_series(1, 1000000000)) AS g(n)"
SLEEP = "SELECT pg_sleep(600)"


@pytest.fixture(autouse=True)
def nothing_is_left(place: ConnectionSettings, observer: Connection, tmp_path: Path) -> Iterator[None]:
    yield
    eventually(lambda: not backends(observer, place), about=lambda: backends(observer, place))
    assert not list(tmp_path.rglob("*.part"))


def flowing(job: Export) -> bool:
    """Whether rows arrive; fails if it has ended."""
    assert job.outcome is None, job.outcome
    return job.progress.nbytes > 1 << 20


def test_progress_against_an_estimate(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    with observer.cursor() as cursor:
        cursor.execute("CREATE TABLE t AS SELECT n FROM generate_series(1, 5000) AS n; ANALYZE t")
    job = start(place, source.named("t"), "csv", tmp_path / "t.csv")
    assert job.wait(10)
    progress = job.progress
    assert (progress.rows, progress.exact, progress.estimate, progress.share) == (5000, True, 5000, 1.0)
    outcome = export(place, "SELECT * FROM t WHERE n <= 1000", "csv", tmp_path / "some.csv")
    assert (outcome.progress.rows, 900 < outcome.progress.estimate < 1100) == (1000, True)


def test_rows_are_counted_on_the_way(place: ConnectionSettings, tmp_path: Path) -> None:
    job = start(place, ENDLESS, "csv", tmp_path / "endless.csv")
    eventually(lambda: flowing(job))
    progress = job.progress
    assert not progress.exact
    # A row has 9 to 27 bytes.
    assert progress.nbytes / 27 < progress.rows < progress.nbytes / 9
    job.close(5)


@pytest.mark.parametrize("form", ["csv", "sql"])
def test_cancel_while_rows_flow(form: str, place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "endless"
    job = start(place, ENDLESS, form, path)
    eventually(lambda: flowing(job))
    assert not path.exists()
    job.cancel()
    assert job.wait(2)
    assert job.outcome is not None and job.outcome.cancelled and job.outcome.problem is None
    assert list(tmp_path.iterdir()) == []


def test_cancel_before_the_first_row(place: ConnectionSettings, observer: Connection, tmp_path: Path) -> None:
    job = start(place, SLEEP, "csv", tmp_path / "never.csv")
    eventually(lambda: any("COPY" in query for _, query in backends(observer, place)))
    job.cancel()
    assert job.wait(2)
    assert job.outcome is not None and job.outcome.cancelled
    assert list(tmp_path.iterdir()) == []


def test_cancel_at_once(place: ConnectionSettings, tmp_path: Path) -> None:
    job = start(place, SLEEP, "csv", tmp_path / "never.csv")
    job.cancel()
    assert job.wait(5)
    assert job.outcome is not None and job.outcome.cancelled
    assert list(tmp_path.iterdir()) == []


def test_cancel_while_nobody_reads_the_pipe(place: ConnectionSettings, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waiting = start(place, ENDLESS, "csv", pipe)
    waiting.cancel()
    assert waiting.wait(2)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    job = start(place, ENDLESS, "csv", pipe)
    eventually(lambda: job.progress.nbytes > 0)  # more than a pipe holds
    job.cancel()
    assert job.wait(2)
    os.close(reader)


def test_one_who_waits_no_longer_leaves_no_file(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nowhere = ConnectionSettings(host="127.0.0.1", port=str(silent.getsockname()[1]))
        job = start(nowhere, ENDLESS, "csv", tmp_path / "rows.csv")
        eventually(lambda: list(tmp_path.glob(".rows.csv.*.part")))
        job.close(0.1)
        assert job.outcome is None  # libpq waits for an answer
        assert list(tmp_path.iterdir()) == []
    assert job.wait(10)
    assert job.outcome is not None and job.outcome.cancelled
    assert list(tmp_path.iterdir()) == []


def test_memory(place: ConnectionSettings) -> None:
    process = psutil.Process()
    job = start(place, "SELECT 1 AS n", "csv", os.devnull)
    assert job.wait(10)
    rest = process.memory_info().rss
    job = start(place, ENDLESS, "sql", os.devnull, compressed=True)
    eventually(lambda: job.progress.nbytes > 200 << 20, 60)
    grown = process.memory_info().rss - rest
    job.close(5)
    assert grown < 8 << 20, grown


@pytest.mark.parametrize("attempt", range(5))
def test_a_server_process_that_is_ended(
    attempt: int,
    place: ConnectionSettings,
    observer: Connection,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    job = start(place, ENDLESS, "csv", tmp_path / "endless.csv")
    eventually(lambda: flowing(job))
    with observer.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            (f"{place.application_name} export",),
        )
        assert cursor.fetchall() == [(True,)]
    assert job.wait(5)
    assert job.outcome is not None and job.outcome.problem is not None
    problem = job.outcome.problem
    assert problem.lost
    assert "terminating connection" in problem.message or "closed the connection" in problem.message
    assert "no part of a file was kept" in problem.advice
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_an_error_after_many_rows(place: ConnectionSettings, tmp_path: Path) -> None:
    query = "SELECT 1 / (300000 - n) FROM generate_series(1, 1000000) AS n"
    outcome = export(place, query, "csv", tmp_path / "some.csv")
    assert outcome.problem is not None and outcome.problem.sqlstate == "22012"
    assert not outcome.cancelled and not outcome.problem.lost
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "position"),
    [("SELECT 1,\n nme", 12), ("SELEKT 1", 1), ("DELETE FROM pg_class", 1), ("SELECT 1; SELECT 2", 11)],
)
def test_the_place_of_a_mistake(query: str, position: int, place: ConnectionSettings, tmp_path: Path) -> None:
    for form in ("csv", "json"):
        problem = export(place, query, form, tmp_path / "x").problem
        assert problem is not None and problem.position == position
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_on_the_server(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    with observer.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE s")
    problem = export(place, "SELECT nextval('s')", "csv", tmp_path / "x").problem
    assert problem is not None and problem.sqlstate == "25006"


def test_a_file_that_exists_stays(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text("mine")
    path.chmod(0o640)
    outcome = export(place, "SELECT 1 AS n", "csv", path)
    assert outcome.problem is not None and "exists" in outcome.problem.message
    assert path.read_text() == "mine"
    assert export(place, "SELECT 1 AS n", "csv", path, force=True).done
    assert path.read_text() == "n\n1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_is_its_owners(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    assert export(place, "SELECT 1", "csv", path).done
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_replaced_file_stays_until_the_new_one_is_whole(place: ConnectionSettings, tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text("mine")
    job = start(place, ENDLESS, "csv", path, force=True)
    eventually(lambda: flowing(job))
    job.close(5)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.csv"]
    assert path.read_text() == "mine"


def test_a_file_that_appears_meanwhile_stays(
    place: ConnectionSettings, observer: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    job = start(place, "SELECT pg_sleep(1) IS NULL AS n", "csv", path)
    eventually(lambda: any("COPY" in query for _, query in backends(observer, place)))
    path.write_text("mine")
    assert job.wait(10)
    assert job.outcome is not None and job.outcome.problem is not None
    assert "appeared meanwhile" in job.outcome.problem.message
    assert str(tmp_path / "rows.csv.1") in job.outcome.problem.advice
    assert path.read_text() == "mine"
    assert (tmp_path / "rows.csv.1").read_text() == "n\nf\n"


def test_what_was_discarded_cannot_be_committed(tmp_path: Path) -> None:
    target = Target(str(tmp_path / "rows.csv"))
    target.open()
    os.write(target.descriptor, b"half")
    target.discard()
    assert not target.commit()
    target.close()
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    target = Target(str(tmp_path / "rows.csv"))
    target.open()
    assert target.commit()
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.csv"]
    other = Target(str(tmp_path / "other.csv"))
    other.open()
    (tmp_path / "other.csv").write_text("mine")
    with pytest.raises(AppearedMeanwhile):
        other.commit()
    assert (tmp_path / "other.csv").read_text() == "mine"
    assert (tmp_path / "other.csv.1").exists()


def test_a_link_is_followed(place: ConnectionSettings, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to(folder / "rows.csv")
    assert export(place, "SELECT 1 AS n", "csv", link).done
    assert export(place, "SELECT 2 AS n", "csv", link, force=True).done
    assert link.is_symlink() and (folder / "rows.csv").read_text() == "n\n2\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder", "Is a directory"),
        ("none/rows.csv", "No such file or directory"),
        ("file/rows.csv", "Not a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_place_that_cannot_be_written(
    name: str, said: str, place: ConnectionSettings, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    problem = export(place, "SELECT 1", "csv", tmp_path / name).problem
    assert problem is not None and said in problem.message


def test_a_full_disk(place: ConnectionSettings) -> None:
    problem = export(place, ENDLESS, "csv", "/dev/full").problem
    assert problem is not None and problem.message == "cannot write /dev/full: No space left on device"


def test_a_pipe_is_written_into(place: ConnectionSettings, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert export(place, "SELECT generate_series(1, 100000)", "text", pipe).done
    reader.join(10)
    assert read[0] == b"".join(b"%d\n" % n for n in range(1, 100_001))


def test_a_server_that_cannot_be_reached(place: ConnectionSettings, tmp_path: Path) -> None:
    nowhere = ConnectionSettings(host="127.0.0.1", port="1", user="nobody")
    problem = export(nowhere, "SELECT 1", "csv", tmp_path / "x").problem
    assert problem is not None and "Connection refused" in problem.message
    assert list(tmp_path.iterdir()) == []


def test_what_the_user_has_set_holds_for_an_export_too(place: ConnectionSettings, tmp_path: Path) -> None:
    users = SessionSettings()
    users.put("intervalstyle", "iso_8601")
    rows = source.of_query("SELECT interval '36 hours' AS length")
    job = Export(Order(place, rows, "csv", Target(str(tmp_path / "lengths.csv")), user_settings=users))
    job.start()
    assert job.wait(10)
    assert (tmp_path / "lengths.csv").read_text() == "length\nPT36H\n"
