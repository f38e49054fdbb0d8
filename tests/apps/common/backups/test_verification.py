"""Reading a dump whole."""

import random
import shutil
from pathlib import Path

import pytest

from apps.common.backups import Backup, BackupCancelled, BackupError, DumpBroken, verify


def bent(data: bytes, position: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1 << bit
    return bytes(changed)


@pytest.fixture
def renamed(backup: Backup, tmp_path: Path) -> Path:
    """The backup under a name that promises no check sum."""
    return Path(shutil.copy(backup.path, tmp_path / "before upgrade.dump"))


class TestVerify:
    def test_passes_a_whole_dump(self, backup: Backup, renamed: Path) -> None:
        verify(backup.path)
        verify(renamed)

    @pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99, 0.9999])
    def test_refuses_a_dump_that_was_cut_off(
        self, backup: Backup, renamed: Path, share: float
    ) -> None:
        for path in (backup.path, renamed):
            path.write_bytes(path.read_bytes()[: int(backup.size * share)])
            with pytest.raises(DumpBroken):
                verify(path)

    def test_refuses_a_dump_with_any_bit_flipped(self, backup: Backup) -> None:
        whole, dice = backup.path.read_bytes(), random.Random(1)
        for _ in range(40):
            backup.path.write_bytes(bent(whole, dice.randrange(5, backup.size), dice.randrange(8)))
            with pytest.raises(DumpBroken, match="does not fit the check sum in its name"):
                verify(backup.path)

    def test_refuses_flipped_bits_in_the_rows_without_a_check_sum_too(self, renamed: Path) -> None:
        whole = renamed.read_bytes()
        for position in range(len(whole) * 6 // 10, len(whole) * 9 // 10, len(whole) // 10):
            renamed.write_bytes(bent(whole, position, 3))
            with pytest.raises(DumpBroken, match="cannot be read to its end"):
                verify(renamed)

    def test_refuses_what_is_no_dump(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text("<html>")
        with pytest.raises(DumpBroken, match="no database dump"):
            verify(path)

    def test_says_that_a_file_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="There is no file"):
            verify(tmp_path / "nothing.dump")

    def test_does_not_call_a_dump_broken_that_is_merely_too_new(self, renamed: Path) -> None:
        data = bytearray(renamed.read_bytes())
        data[6] = 250  # the archive format's minor version
        renamed.write_bytes(data)
        with pytest.raises(BackupError, match="newer pg_dump") as caught:
            verify(renamed)
        assert not isinstance(caught.value, DumpBroken)

    def test_can_be_stopped(self, backup: Backup) -> None:
        with pytest.raises(BackupCancelled):
            verify(backup.path, stop=lambda: True)
