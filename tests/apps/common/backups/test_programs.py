"""Choosing PostgreSQL's programs by version."""

from pathlib import Path

import pytest
from django.db import connection

from apps.common.backups import BackupError, programs
from apps.common.backups.programs import newest_programs, programs_for


def install(directory: Path, major: int) -> Path:
    """Make programs that tell a version, as the real ones do."""
    directory.mkdir()
    for name in programs.NAMES:
        program = directory / name
        program.write_text(
            f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.4 (Debian {major}.4-1)'\n"
        )
        program.chmod(0o755)
    return directory


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without PostgreSQL's programs."""
    monkeypatch.setattr(programs, "SYSTEM_PLACES", ())
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nonexistent")
    return monkeypatch


def put_on_path(patch: pytest.MonkeyPatch, *directories: Path) -> None:
    patch.setenv("PATH", ":".join(str(directory) for directory in directories))


class TestChoice:
    @pytest.mark.parametrize(("server", "chosen"), [(14, 15), (15, 15), (16, 17), (18, 18)])
    def test_is_the_servers_version_or_the_next_newer(
        self, bare: pytest.MonkeyPatch, tmp_path: Path, server: int, chosen: int
    ) -> None:
        put_on_path(bare, *(install(tmp_path / str(major), major) for major in (18, 15, 17)))
        assert programs_for(server).major == chosen
        assert newest_programs().major == 18

    def test_goes_above_the_servers_version_for_a_newer_dump(
        self, bare: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        put_on_path(bare, *(install(tmp_path / str(major), major) for major in (15, 17)))
        assert programs_for(15, at_least=16).major == 17

    def test_passes_over_a_directory_that_lacks_a_program_or_has_a_broken_one(
        self, bare: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        lacking, broken, good = (install(tmp_path / name, 16) for name in "abc")
        (lacking / "psql").unlink()
        (broken / "pg_dump").write_bytes(b"\x7fELF of another machine")
        put_on_path(bare, lacking, broken, good)
        assert programs_for(16).directory == good

    def test_passes_over_debians_wrapper(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        wrapper, real = install(tmp_path / "bin", 18), install(tmp_path / "real", 18)
        (wrapper / "pg_dump").rename(wrapper / "pg_wrapper")
        (wrapper / "pg_dump").symlink_to("pg_wrapper")
        put_on_path(bare, wrapper, real)
        assert programs_for(15).directory == real


class TestNothingFits:
    def test_names_both_versions(self, bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
        put_on_path(bare, install(tmp_path / "a", 15), install(tmp_path / "b", 14))
        with pytest.raises(BackupError, match="installed are 14, 15, the server has version 18"):
            programs_for(18)

    def test_says_what_to_install(self, bare: pytest.MonkeyPatch) -> None:
        with pytest.raises(BackupError, match=r"not installed\. Install the PostgreSQL client"):
            newest_programs()


class TestThisMachine:
    def test_has_programs_for_the_server_of_the_tests(self, db: None) -> None:
        server = connection.cursor().connection.info.server_version // 10000
        assert programs_for(server).major >= server
