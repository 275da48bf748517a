"""The connection pane, with connectors of the tests' own and with a server."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from textual import on
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from pgmem_tui.postgres.connection import ServerInfo
from pgmem_tui.postgres.errors import Problem, explain
from pgmem_tui.postgres.settings import ConnectionSettings
from pgmem_tui.ui import attempt as attempts
from pgmem_tui.ui.attempt import Connector, probe
from pgmem_tui.ui.screens.connect import ConnectScreen
from pgmem_tui.ui.widgets.choice import Choice
from pgmem_tui.ui.widgets.connection_form import LABELS, ConnectionForm
from pgmem_tui.ui.widgets.problem_view import ProblemView

INFO = ServerInfo(
    database="shop",
    user="reader",
    host="db1",
    port=5432,
    version=150018,
    version_text="15.18",
    tls="TLSv1.3",
    encoding="UTF8",
    backend_pid=1,
    local=False,
)

REFUSED = 'connection to server at "db1", port 1 failed: Connection refused\n\tIs the server running?\n'


class Pane(App[None]):
    """The screen alone."""

    def __init__(self, pane: ConnectScreen) -> None:
        super().__init__()
        self.pane = pane
        self.connected: list[ConnectionSettings] = []
        self.left = 0

    def on_mount(self) -> None:
        self.push_screen(self.pane)

    @on(ConnectScreen.Connected)
    def _connected(self, message: ConnectScreen.Connected) -> None:
        self.connected.append(message.settings)

    @on(ConnectScreen.Left)
    def _left(self) -> None:
        self.left += 1


class Shown:
    """What the tests do with the pane, and see of it."""

    def __init__(self, app: Pane, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    def text(self, name: str) -> str:
        if name == "sslmode":
            return self.app.pane.query_one("#sslmode", Choice).value
        return self.app.pane.query_one(f"#{name}", Input).value

    @property
    def status(self) -> str:
        return str(self.app.pane.query_one("#status", Static).render())

    @property
    def focused(self) -> str | None:
        focused = self.app.pane.focused
        return focused.id if focused else None

    @property
    def settings(self) -> ConnectionSettings:
        return self.app.pane.query_one(ConnectionForm).settings

    def problem(self, field: str = "") -> str:
        """What is said under a field, or below all."""
        selector = f"#row-{field} ProblemView" if field else "#problem"
        view = self.app.pane.query_one(selector, ProblemView)
        return str(view.render()) if view.display else ""

    async def type(self, field: str, text: str) -> None:
        self.app.pane.query_one(f"#{field}", Input).focus()
        await self.pilot.press("end", "ctrl+u", *text)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, f"status: {self.status!r}"
            await self.pilot.pause(0.01)


@asynccontextmanager
async def pane(
    settings: ConnectionSettings,
    connector: Connector = lambda settings: INFO,
    *,
    problem: Problem | None = None,
    at_once: bool = False,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Shown]:
    app = Pane(ConnectScreen(settings, problem, at_once=at_once, connector=connector))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Shown(app, pilot)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGSYSCONFDIR", str(tmp_path))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    (tmp_path / "services").write_text("[prod]\nhost=db9\nport=6432\nuser=carol\npassword=x\n")


def waiting(release: threading.Event) -> Connector:
    def connector(settings: ConnectionSettings) -> ServerInfo:
        release.wait(20)
        return INFO

    return connector


def failing(sentence: str) -> Connector:
    def connector(settings: ConnectionSettings) -> ServerInfo:
        raise psycopg2.OperationalError(sentence)

    return connector


async def test_shows_what_libpq_would_use_and_leaves_it_to_libpq() -> None:
    async with pane(ConnectionSettings(user="alice")) as shown:
        assert (shown.text("host"), shown.text("port")) == ("", "5432")
        assert (shown.text("user"), shown.text("dbname")) == ("alice", "alice")
        assert (shown.text("sslmode"), shown.text("application_name")) == ("prefer", "pgmem-tui")
        assert shown.settings == ConnectionSettings(user="alice")


async def test_untouched_fields_follow_the_others() -> None:
    async with pane(ConnectionSettings()) as shown:
        await shown.type("user", "bob")
        assert shown.text("dbname") == "bob"
        await shown.type("service", "prod")
        assert (shown.text("host"), shown.text("port"), shown.text("user")) == ("db9", "6432", "bob")
        assert shown.settings == ConnectionSettings(user="bob", service="prod")
        assert "known already" in shown.app.pane.query_one("#password", Input).placeholder
        await shown.type("dbname", "orders")
        await shown.type("user", "eve")
        assert shown.text("dbname") == "orders"


async def test_an_empty_field_says_what_it_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db7")
    async with pane(ConnectionSettings()) as shown:
        assert shown.text("host") == "db7"
        await shown.type("host", "")
        assert shown.settings.host == ""
        assert shown.app.pane.query_one("#host", Input).placeholder == "db7"


async def test_a_password_is_kept_and_not_shown() -> None:
    async with pane(ConnectionSettings(password="geheim")) as shown:
        assert shown.text("password") == ""
        assert shown.settings.password == "geheim"
        await shown.type("password", "other")
        assert shown.settings.password == "other"
        picture = shown.app.export_screenshot()
        assert "geheim" not in picture
        assert "other" not in picture


async def test_enter_connects_with_what_was_typed() -> None:
    async with pane(ConnectionSettings()) as shown:
        await shown.type("host", "db1")
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.app.connected)
        assert shown.app.connected == [ConnectionSettings(host="db1")]


async def test_at_once() -> None:
    async with pane(ConnectionSettings(host="db1"), at_once=True) as shown:
        await shown.until(lambda: shown.app.connected)


async def test_test_says_what_answered_and_stays() -> None:
    async with pane(ConnectionSettings()) as shown:
        await shown.pilot.press("ctrl+t")
        await shown.until(lambda: "It works" in shown.status)
        assert "PostgreSQL 15.18, TLSv1.3, database shop as reader" in shown.status
        assert not shown.app.connected


async def test_buttons_by_mouse() -> None:
    async with pane(ConnectionSettings()) as shown:
        await shown.pilot.click("#test")
        await shown.until(lambda: "It works" in shown.status)
        await shown.pilot.click("#connect")
        await shown.until(lambda: shown.app.connected)


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (60, 15)])
async def test_a_problem_stands_under_its_field(size: tuple[int, int]) -> None:
    async with pane(ConnectionSettings(host="db1"), failing(REFUSED), size=size) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.problem("port"))
        assert "port 1 failed: Connection refused\nIs the server running?" in shown.problem("port")
        assert "nothing listens" in shown.problem("port")
        assert shown.focused == "port"
        assert shown.text("host") == "db1"
        await shown.pilot.pause()
        view = shown.app.pane.query_one("#row-port ProblemView")
        assert view.region.height > 2
        assert shown.app.pane.query_one("#form").region.contains_region(view.region)


async def test_a_problem_of_no_field_stands_below() -> None:
    async with pane(ConnectionSettings(), failing("FATAL:  sorry, too many clients already")) as shown:
        await shown.pilot.press("enter")
        await shown.until(shown.problem)
        assert "sorry" in shown.problem()
        assert not any(shown.problem(name) for name in LABELS)


async def test_a_problem_from_before_is_shown_and_goes_with_the_next_attempt() -> None:
    before = explain(psycopg2.OperationalError("fe_sendauth: no password supplied"), None)
    async with pane(ConnectionSettings(), problem=before) as shown:
        assert shown.focused == "password"
        assert "asks for a password" in shown.problem("password")
        await shown.pilot.press("x", "enter")
        await shown.until(lambda: shown.app.connected)
        assert shown.problem("password") == ""


async def test_hostile_texts_are_escaped() -> None:
    settings = ConnectionSettings(host="[b]h\x1b[31m", dbname="d\u202e")
    async with pane(settings, failing("FATAL:  [red]\x1b[2J\u202e")) as shown:
        assert shown.text("host") == r"[b]h\x1b[31m"
        assert shown.settings == settings
        await shown.pilot.press("enter")
        await shown.until(shown.problem)
        assert r"[red]\x1b[2J\u202e" in shown.problem()
        assert r"d\u202e@[b]h\x1b[31m:5432" in str(shown.app.pane.query_one("#pane").border_subtitle).replace(
            "\\[", "["
        )


async def test_escape_gives_up_an_attempt_and_the_rest_is_not_listened_to() -> None:
    release, ended = threading.Event(), threading.Event()

    def slow(settings: ConnectionSettings) -> ServerInfo:
        release.wait(20)
        ended.set()
        return INFO

    async with pane(ConnectionSettings(host="db1", dbname="shop"), slow) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: "Connecting to shop@db1:5432  0 of 11 s" in shown.status)
        await shown.pilot.press("enter")  # one at a time
        await shown.pilot.press("escape")
        assert "Canceled" in shown.status
        release.set()
        await shown.until(ended.is_set)
        await shown.pilot.pause(0.05)
        assert not shown.app.connected
        assert not shown.app.left
        await shown.pilot.press("escape")
        await shown.until(lambda: shown.app.left)


async def test_leaving_the_app_does_not_wait_for_the_attempt() -> None:
    release = threading.Event()
    started = time.monotonic()
    async with pane(ConnectionSettings(), waiting(release)) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: "Connecting" in shown.status)
    assert time.monotonic() - started < 10
    release.set()


async def test_its_time_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(attempts, "_limit", lambda settings: 0.3)
    async with pane(ConnectionSettings(host="db1"), waiting(release)) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.problem("host"))
        assert "no answer from" in shown.problem("host")
        assert "firewall" in shown.problem("host")
        release.set()


def test_how_long_an_attempt_may_take() -> None:
    def limit(settings: ConnectionSettings) -> float:
        return attempts.Attempt(settings, "", probe).limit

    assert limit(ConnectionSettings(host="a")) == 11
    assert limit(ConnectionSettings(host="a,b", connect_timeout=3)) == 7
    assert limit(ConnectionSettings(connect_timeout=0)) == float("inf")


async def test_keys_between_fields() -> None:
    async with pane(ConnectionSettings()) as shown:
        names = [*LABELS, "connect", "test"]
        for key, order in (("down", names), ("up", names[::-1]), ("tab", names), ("shift+tab", names[::-1])):
            shown.app.pane.query_one(f"#{order[0]}").focus()
            await shown.pilot.pause()
            seen = [shown.focused]
            for _ in order[1:]:
                await shown.pilot.press(key)
                seen.append(shown.focused)
            assert seen == order, key


async def test_sslmode_steps() -> None:
    async with pane(ConnectionSettings(sslmode="verify-full")) as shown:
        shown.app.pane.query_one("#sslmode").focus()
        for key, value in (
            ("right", "disable"),
            ("left", "verify-full"),
            ("left", "verify-ca"),
            ("space", "verify-full"),
        ):
            await shown.pilot.press(key)
            assert shown.settings.sslmode == value
        await shown.pilot.click("#sslmode", offset=(0, 0))
        assert shown.settings.sslmode == "verify-ca"


async def test_on_a_server(database: ConnectionSettings) -> None:
    async with pane(replace(database, dbname="no such"), probe) as shown:
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.problem("dbname"))
        await shown.type("dbname", database.dbname)
        await shown.pilot.press("ctrl+t")
        await shown.until(lambda: f"database {database.dbname} as" in shown.status)
        await shown.pilot.press("enter")
        await shown.until(lambda: shown.app.connected)
        assert shown.app.connected == [database]


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        pytest.param((80, 24), "", id="small"),
        pytest.param((80, 24), REFUSED, id="small-field"),
        pytest.param((80, 24), "FATAL:  sorry, too many clients already", id="small-general"),
        pytest.param((160, 48), REFUSED, id="large-field"),
    ],
)
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int], sentence: str) -> None:
    """Labels on one line with their fields; a problem under its field, or above the buttons."""
    settings = ConnectionSettings(host="db1", user="reader", dbname="shop")
    problem = explain(psycopg2.OperationalError(sentence), settings) if sentence else None

    async def still(pilot: Pilot[None]) -> None:
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    assert snap_compare(Pane(ConnectScreen(settings, problem)), terminal_size=size, run_before=still)
