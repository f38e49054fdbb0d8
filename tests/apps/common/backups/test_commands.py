"""`backup_db` and `rotate_backups`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.common.backups import Backup, verify
from tests.apps.common.backups.conftest import names


class TestBackupDb:
    def test_prints_the_path_alone_on_standard_output(self, rows: int, backup_dir: Path) -> None:
        out, err = StringIO(), StringIO()
        call_command("backup_db", stdout=out, stderr=err)
        path = Path(out.getvalue().removesuffix("\n"))
        assert names(backup_dir) == [path.name]
        assert "read back whole" in err.getvalue()
        verify(path)

    def test_writes_to_the_named_file(
        self, rows: int, backup_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        out = StringIO()
        call_command("backup_db", output="here.dump", verbosity=0, stdout=out, stderr=StringIO())
        assert out.getvalue() == f"{tmp_path / 'here.dump'}\n"
        verify(tmp_path / "here.dump")

    def test_fails_with_a_sentence_and_1(self, rows: int, settings: Settings) -> None:
        settings.BACKUP_DIR = "/dev/null/backups"
        with pytest.raises(CommandError, match="cannot be used") as caught:
            call_command("backup_db")
        assert caught.value.returncode == 1

    def test_refuses_a_directory_as_file(self, rows: int, backup_dir: Path) -> None:
        with pytest.raises(CommandError, match="must name a file"):
            call_command("backup_db", "--output", "somewhere/")


class TestRotateBackups:
    def test_prints_what_went_and_what_stays(self, backup: Backup) -> None:
        call_command("backup_db", stdout=StringIO(), stderr=StringIO())
        out = StringIO()
        call_command("rotate_backups", "--keep", "1", stdout=out)
        assert f"Removed {backup.path}\n" in out.getvalue()
        assert out.getvalue().count("Kept") == 1

    def test_refuses_to_keep_none(self, backup: Backup) -> None:
        with pytest.raises(CommandError, match="must be at least 1"):
            call_command("rotate_backups", "--keep", "0")
        assert backup.path.exists()

    def test_fails_with_1_when_no_backup_can_be_read(self, backup: Backup) -> None:
        call_command("backup_db", stdout=StringIO(), stderr=StringIO())
        for path in backup.path.parent.iterdir():
            path.write_bytes(b"PGDMP")
        with pytest.raises(CommandError, match="None of the 2 backups") as caught:
            call_command("rotate_backups", keep=1)
        assert caught.value.returncode == 1
