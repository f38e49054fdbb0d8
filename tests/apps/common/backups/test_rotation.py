"""Removing old backups."""

import shutil
from pathlib import Path

import pytest

from apps.common.backups import Backup, BackupError, rotate_backups
from tests.apps.common.backups.conftest import names


@pytest.fixture
def dumps(backup: Backup) -> list[Path]:
    """Five good dumps of five days, newest first."""
    stamp = backup.path.name.rsplit("-", 2)[1]
    days = [
        backup.path.with_name(backup.path.name.replace(stamp, f"202611{day:02}T101500.000Z"))
        for day in (25, 24, 23, 22, 21)
    ]
    for path in days:
        shutil.copy(backup.path, path)
    backup.path.unlink()
    return days


def break_dump(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


class TestRotation:
    def test_keeps_the_newest_three_by_default(self, dumps: list[Path]) -> None:
        rotation = rotate_backups()
        assert (rotation.kept, rotation.removed) == (tuple(dumps[:3]), tuple(dumps[3:]))
        assert names(dumps[0].parent) == sorted(path.name for path in dumps[:3])

    def test_keeps_as_many_as_asked_for(self, dumps: list[Path]) -> None:
        assert len(rotate_backups(5).removed) == 0
        assert len(rotate_backups(1).removed) == 4
        assert names(dumps[0].parent) == [dumps[0].name]

    def test_keeps_the_last_that_can_be_read_beyond_the_number(self, dumps: list[Path]) -> None:
        for path in dumps[:3]:
            break_dump(path)
        rotation = rotate_backups(2)
        assert rotation.spared == dumps[3]
        assert rotation.removed == (dumps[2], dumps[4])
        assert names(dumps[0].parent) == sorted(dumps[i].name for i in (0, 1, 3))

    def test_removes_nothing_when_none_can_be_read(self, dumps: list[Path]) -> None:
        for path in dumps:
            break_dump(path)
        with pytest.raises(BackupError, match="None of the 5 backups can be read"):
            rotate_backups(2)
        assert len(names(dumps[0].parent)) == 5

    def test_takes_the_callers_word_for_a_backup_just_made(self, dumps: list[Path]) -> None:
        break_dump(dumps[1])
        rotation = rotate_backups(
            2, verified=dumps[0], stop=lambda: pytest.fail("a dump was read again")
        )
        assert rotation.kept == tuple(dumps[:2])

    def test_leaves_other_files_alone(self, dumps: list[Path]) -> None:
        directory = dumps[0].parent
        others = [
            directory / "before upgrade.dump",
            directory / f"another_{dumps[4].name}",
            directory / "notes.txt",
        ]
        for path in others:
            shutil.copy(dumps[0], path)
        rotate_backups(1)
        assert names(directory) == sorted(path.name for path in [dumps[0], *others])

    def test_refuses_to_keep_none(self, dumps: list[Path]) -> None:
        with pytest.raises(BackupError, match="At least one"):
            rotate_backups(0)
        assert len(names(dumps[0].parent)) == 5
