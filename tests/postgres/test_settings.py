"""Reading, completing and hiding connection settings; no server."""

from __future__ import annotations

from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import make_dsn

from pgmem_tui.postgres.settings import (
    ConnectionSettings,
    SettingsError,
    expected,
    from_text,
    redact,
    target,
)

SERVICES = """\
# two services
[shop]
host=db1.example.com
port=6432
dbname=orders
user=reader
password=from the file
sslmode=require
host=ignored: the first counts

[shop]
host=never.read
[empty]
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables that lead to no file but those of the test."""
    (tmp_path / ".pg_service.conf").write_text(SERVICES)
    return {"HOME": str(tmp_path), "PGSYSCONFDIR": str(tmp_path / "none")}


def test_nothing_said_leaves_all_to_libpq(environ: dict[str, str]) -> None:
    assert from_text("", environ) == ConnectionSettings()
    assert set(from_text(" ", environ).parameters()) == {"application_name", "connect_timeout"}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_uri(scheme: str, environ: dict[str, str]) -> None:
    text = (
        f"{scheme}://al%40ice:p%2Fw@db1:6432/my%20shop?sslmode=require&options=-cjit%3Doff&connect_timeout=3"
    )
    settings = from_text(text, environ)
    assert (settings.user, settings.password) == ("al@ice", "p/w")
    assert (settings.host, settings.port, settings.dbname) == ("db1", "6432", "my shop")
    assert (settings.sslmode, settings.connect_timeout) == ("require", 3)
    assert settings.other == (("options", "-cjit=off"),)
    assert settings.parameters()["options"] == "-cjit=off"


@pytest.mark.parametrize(
    ("text", "host", "port", "shown"),
    [
        ("postgresql://a:1,b:2/d", "a,b", "1,2", "d@a:1,b:2"),
        ("host=a,b port=7 dbname=d", "a,b", "7", "d@a:7,b:7"),
        ("postgresql://[::1]:5433/d", "::1", "5433", "d@[::1]:5433"),
        ("postgresql://%2Frun%2Fpg/d", "/run/pg", "", "d@[local]"),
        ("host=/run/pg port=5433 dbname=d", "/run/pg", "5433", "d@[local]:5433"),
        ("dbname=d user=u", "", "", "d@[local]"),
        ("hostaddr=10.0.0.1 dbname=d", "", "", "d@10.0.0.1:5432"),
    ],
)
def test_places(text: str, host: str, port: str, shown: str, environ: dict[str, str]) -> None:
    settings = from_text(text, environ)
    assert (settings.host, settings.port) == (host, port)
    assert target(settings, environ) == shown


def test_key_value_quotes(environ: dict[str, str]) -> None:
    settings = from_text(r"dbname='it\'s here' user=u", environ)
    assert settings.dbname == "it's here"


def test_bare_word_is_a_service_if_there_is_one(environ: dict[str, str]) -> None:
    assert from_text("shop", environ).service == "shop"
    assert from_text("shop", environ).dbname == ""
    assert from_text("orders", environ).dbname == "orders"
    assert from_text("dbname=shop", environ).dbname == "shop"


def test_service_files_in_their_order(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pg_service.conf").write_text("[shop]\nhost=system\n[only]\nhost=here\n")
    environ["PGSYSCONFDIR"] = str(tmp_path)
    assert expected(from_text("shop", environ), environ).host == "db1.example.com"
    assert expected(from_text("only", environ), environ).host == "here"
    (tmp_path / "own").write_bytes(b"[shop]\nhost=own\nuser=\xff\n")
    environ["PGSERVICEFILE"] = str(tmp_path / "own")
    assert expected(from_text("shop", environ), environ).host == "own"


@pytest.mark.parametrize(
    "text",
    ["postgresql://u:se%zzcret@h/d", "host=h password=my se%zzcret", "host=h password=my se%zzcret=x",
     'postgresql://u:se%zz"cret@h/d', "host=x postgres://a:se%zzcret@h"],
)  # fmt: skip
def test_what_cannot_be_read_says_so_without_the_password(text: str, environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        from_text(text, environ)
    assert "invalid dsn" in str(caught.value)
    assert "zz" not in str(caught.value)
    assert "cret" not in str(caught.value)


def test_what_cannot_be_read_names_the_option(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match='invalid URI query parameter: "foo"'):
        from_text("postgresql://h/x?foo=bar", environ)
    with pytest.raises(SettingsError, match="whole number"):
        from_text("host=h connect_timeout=soon", environ)
    with pytest.raises(SettingsError, match="UTF-8"):
        from_text("host=\udcff", environ)


def test_merged_replaces_what_is_given() -> None:
    settings = ConnectionSettings(host="a", user="u", sslmode="require")
    merged = settings.merged(host="b", port="1", dbname="d")
    assert merged == ConnectionSettings(host="b", port="1", user="u", dbname="d", sslmode="require")
    assert settings.merged() == settings


def test_expected_defaults(environ: dict[str, str]) -> None:
    known = expected(ConnectionSettings(), environ)
    assert known.user
    assert (known.host, known.port, known.dbname, known.sslmode) == ("", "5432", known.user, "prefer")
    assert expected(ConnectionSettings(user="eve"), environ).dbname == "eve"


def test_expected_said_before_service_before_variables(environ: dict[str, str]) -> None:
    environ |= {"PGHOST": "env", "PGUSER": "env", "PGSSLMODE": "disable", "PGPASSWORD": "env"}
    known = expected(ConnectionSettings(service="shop", user="said"), environ)
    assert (known.host, known.port, known.dbname) == ("db1.example.com", "6432", "orders")
    assert (known.user, known.sslmode, known.password) == ("said", "require", "from the file")
    plain = expected(ConnectionSettings(), environ)
    assert (plain.host, plain.dbname, plain.password) == ("env", "env", "env")
    environ["PGSERVICE"] = "shop"
    assert expected(ConnectionSettings(), environ).host == "db1.example.com"
    assert expected(ConnectionSettings(service="nowhere"), environ).host == "env"


def test_expected_sslmode_with_the_systems_roots(environ: dict[str, str]) -> None:
    assert expected(from_text("sslrootcert=system", environ), environ).sslmode == "verify-full"


def test_variables_that_our_own_defaults_must_not_hide(environ: dict[str, str]) -> None:
    environ |= {"PGCONNECT_TIMEOUT": "60", "PGAPPNAME": "mine"}
    settings = from_text("d", environ)
    assert (settings.connect_timeout, settings.application_name) == (60, "mine")
    assert from_text("d", environ | {"PGCONNECT_TIMEOUT": "soon"}).connect_timeout == 10


def test_no_secret_is_shown(environ: dict[str, str]) -> None:
    settings = from_text("postgresql://u:geheim@h/d?sslpassword=auch", environ)
    assert settings.secrets() == ("geheim", "auch")
    shown = f"{settings!r} {settings} {target(settings, environ)}"
    assert "geheim" not in shown
    assert "auch" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "tried p@s 's\\w and failed",
        "p%40s%20%27s%5Cw",
        "p%40s+%27s%5Cw",
        "password='p@s \\'s\\\\w' host=h",
        "postgresql://u:other@h/d",
        "password=other&sslmode=x",
        "{'password': 'other', 'host': 'h'}",
        "PASSWORD = other",
    ],
)
def test_redact(text: str, environ: dict[str, str]) -> None:
    shown = redact(text, ConnectionSettings(password="p@s 's\\w"), environ)
    assert "***" in shown
    assert "other" not in shown
    assert "p@s" not in shown
    assert "p%40s" not in shown


def test_redact_keeps_the_rest(environ: dict[str, str]) -> None:
    sentence = 'password authentication failed for user "postgres"'
    assert redact(sentence, ConnectionSettings(user="postgres", password="postgres"), environ) == sentence
    assert redact(sentence, ConnectionSettings(password="a"), environ) == sentence
    assert redact("it is geheim", None, environ | {"PGPASSWORD": "geheim"}) == "it is ***"


def test_expected_is_what_libpq_does(
    database: ConnectionSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same service, variables and defaults, once guessed by us and once used by libpq."""
    said = database.parameters()
    lines = [f"{key}={said[key]}" for key in ("host", "port", "user") if key in said]
    (tmp_path / "services").write_text("\n".join(["[one]", *lines, ""]))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGDATABASE", database.dbname)
    monkeypatch.setenv("PGHOST", "overridden.invalid")
    settings = from_text("one")
    connection = psycopg2.connect(make_dsn(**settings.parameters()))
    try:
        known, used = expected(settings), connection.info
        assert (known.host, known.port) == (used.host, str(used.port))
        assert (known.dbname, known.user) == (used.dbname, used.user)
    finally:
        connection.close()
