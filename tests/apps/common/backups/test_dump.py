"""Making a backup, and the ways in which that fails."""

import fcntl
import hashlib
import os
import resource
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from django.db import connection

from apps.common.backups import Backup, BackupCancelled, BackupError, make_backup, verify
from tests.apps.common.backups.conftest import connect, locked_table, names, running_pg_dump
from tests.support.processes import ROOT


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def password(text: str) -> Iterator[None]:
    """Let new connections of Django use another password."""
    before = connection.settings_dict["PASSWORD"]
    connection.close()
    connection.settings_dict["PASSWORD"] = text
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PASSWORD"] = before


def environment(backup_dir: Path) -> dict[str, str]:
    """Return what a manage.py of its own needs to work on the test database."""
    p = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "freesport.settings.base",
        "DATABASE_URL": f"postgresql://{p['USER']}:{p['PASSWORD']}@{p['HOST']}:{p['PORT']}/{p['NAME']}",
        "SECRET_KEY": "for-tests-only",
        "BACKUP_DIR": str(backup_dir),
    }


def wait_for_pg_dump(parent: psutil.Process) -> psutil.Process:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = running_pg_dump(parent)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("pg_dump was not started")


class TestAFinishedBackup:
    def test_lies_in_backup_dir_under_database_time_and_check_sum(
        self, backup: Backup, backup_dir: Path
    ) -> None:
        assert names(backup_dir) == [backup.path.name]
        assert backup.path.name.startswith(f"{backup.database}-20")
        assert backup.path.name.endswith(f"Z-{backup.sha256[:12]}.dump")

    def test_tells_its_size_digest_and_database(self, backup: Backup) -> None:
        data = backup.path.read_bytes()
        assert (backup.size, backup.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert backup.database == connection.settings_dict["NAME"]
        assert backup.seconds > 0

    def test_holds_one_table_of_contents(self, backup: Backup) -> None:
        """Pg_dump 18 appends a second one to a redirected output: bytes that nothing verifies."""
        name = b"CREATE TABLE public.common_synclog ("
        assert backup.path.read_bytes().count(name) == 1

    def test_can_be_read_by_nobody_else_whatever_the_umask(
        self, rows: int, backup_dir: Path
    ) -> None:
        before = os.umask(0)
        try:
            backup = make_backup()
        finally:
            os.umask(before)
        assert [mode(path) for path in (backup.path, backup_dir, backup_dir.parent)] == [
            0o600,
            0o700,
            0o700,
        ]

    def test_closes_a_directory_that_was_open_to_others(self, rows: int, backup_dir: Path) -> None:
        backup_dir.mkdir(parents=True)
        backup_dir.chmod(0o755)
        make_backup()
        assert mode(backup_dir) == 0o700

    def test_goes_to_the_named_file_and_replaces_an_earlier_dump(
        self, backup: Backup, tmp_path: Path
    ) -> None:
        output = tmp_path / "new" / "before upgrade.dump"
        first = make_backup(output)
        second = make_backup(output)
        assert (first.path, second.path) == (output, output)
        assert names(output.parent) == [output.name]
        assert mode(output) == 0o600
        verify(output)


class TestWhatIsLeftAlone:
    def test_a_file_that_is_no_dump_is_not_overwritten(self, rows: int, tmp_path: Path) -> None:
        precious = tmp_path / "settings.py"
        precious.write_text("SECRET_KEY")
        with pytest.raises(BackupError, match=r"settings\.py exists and is no database dump"):
            make_backup(precious)
        assert precious.read_text() == "SECRET_KEY"

    def test_a_device_is_not_replaced_by_a_file(
        self, rows: int, backup_dir: Path, tmp_path: Path
    ) -> None:
        device = tmp_path / "pipe"
        os.mkfifo(device)
        with pytest.raises(BackupError, match="no database dump"):
            make_backup(device)
        assert stat.S_ISFIFO(device.stat().st_mode)


class TestLeftovers:
    def test_unfinished_dumps_of_killed_runs_are_removed_once_pg_dump_has_ended(
        self, rows: int, backup_dir: Path
    ) -> None:
        with locked_table():
            command = subprocess.Popen(
                [sys.executable, "manage.py", "backup_db"], cwd=ROOT, env=environment(backup_dir)
            )
            pg_dump = wait_for_pg_dump(psutil.Process(command.pid))
            command.kill()
            command.wait()
            orphans_part = names(backup_dir)
            assert [name.endswith(".dump.part") for name in orphans_part] == [True]
            with pytest.raises(BackupError, match="holds a table locked"):
                make_backup(lock_wait=0.1)
            assert names(backup_dir) == orphans_part
        psutil.wait_procs([pg_dump], timeout=30)
        assert names(backup_dir) == orphans_part
        backup = make_backup()
        assert names(backup_dir) == [backup.path.name]

    def test_those_of_a_run_that_goes_on_stay(self, backup: Backup, backup_dir: Path) -> None:
        living = backup_dir / "freesport-20261123T101500.000Z-00000000.dump.part"
        with living.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            make_backup()
            assert living.exists()

    def test_two_runs_do_not_write_one_file(
        self, rows: int, backup_dir: Path, tmp_path: Path
    ) -> None:
        output = tmp_path / "same.dump"
        with (tmp_path / "same.dump.part").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(BackupError, match="Another process is writing a backup"):
                make_backup(output)
        assert not output.exists()
        assert make_backup(output).path == output
        assert mode(output) == 0o600


class TestAFailedBackup:
    """Nothing under the final name, nothing unfinished, and a sentence for the reader."""

    def test_names_the_full_disk(self, rows: int, backup_dir: Path) -> None:
        with file_size_limit(100_000), pytest.raises(BackupError, match="No space was left"):
            make_backup()
        assert names(backup_dir) == []

    def test_keeps_the_earlier_dump_when_the_disk_is_full(
        self, backup: Backup, tmp_path: Path
    ) -> None:
        output = tmp_path / "daily.dump"
        before = make_backup(output)
        with file_size_limit(100_000), pytest.raises(BackupError, match="No space was left"):
            make_backup(output)
        assert hashlib.sha256(output.read_bytes()).hexdigest() == before.sha256

    def test_does_not_begin_when_the_last_dump_would_not_fit_again(
        self, backup: Backup, backup_dir: Path
    ) -> None:
        usage = psutil.disk_usage(str(backup_dir))
        os.truncate(backup.path, int(usage.free / 1.19))  # a sparse file: it takes no space
        with pytest.raises(BackupError, match=r"Too little space .*: about \d+ MB are needed"):
            make_backup(stop=lambda: pytest.fail("pg_dump was started"))
        os.truncate(backup.path, int(usage.free / 1.5))
        assert make_backup().size > 0

    def test_says_that_pg_dump_was_killed(self, rows: int, backup_dir: Path) -> None:
        killed = []

        def kill() -> bool:
            child = running_pg_dump()
            if child and not killed:
                killed.append(child.pid)
                child.kill()
            return False

        with locked_table(), pytest.raises(BackupError, match=r"ended from outside .*SIGKILL"):
            make_backup(stop=kill)
        assert killed
        assert names(backup_dir) == []

    def test_says_that_a_table_is_locked(self, rows: int, backup_dir: Path) -> None:
        with locked_table(), pytest.raises(BackupError, match="holds a table locked"):
            make_backup(lock_wait=0.3)
        assert names(backup_dir) == []

    @pytest.mark.own_servers
    def test_says_that_the_password_is_wrong_without_showing_it(
        self, rows: int, backup_dir: Path
    ) -> None:
        with password("wrong-но-тайна"), pytest.raises(BackupError) as caught:
            make_backup()
        assert "password authentication failed" in str(caught.value)
        assert "wrong-но-тайна" not in str(caught.value)
        assert not backup_dir.exists()

    def test_says_which_directory_cannot_be_used(self, rows: int, backup_dir: Path) -> None:
        backup_dir.parent.write_text("a file where the directory should be")
        with pytest.raises(BackupError, match="cannot be used: File exists"):
            make_backup()


class TestStop:
    def test_ends_pg_dump_and_leaves_nothing(self, rows: int, backup_dir: Path) -> None:
        seen: list[psutil.Process] = []

        def stop() -> bool:
            child = running_pg_dump()
            seen.extend([child] if child else [])
            return bool(seen)

        with locked_table(), pytest.raises(BackupCancelled):
            make_backup(stop=stop)
        assert not seen[0].is_running()
        assert names(backup_dir) == []

    def test_wins_over_the_failure_that_a_signal_to_all_causes(
        self, rows: int, backup_dir: Path
    ) -> None:
        """Ctrl-C reaches pg_dump too: its end is no failure when an end was asked for."""
        ended: list[int] = []

        def stop() -> bool:
            child = running_pg_dump()
            if child is None:
                return bool(ended)
            child.terminate()
            ended.append(child.pid)
            return False

        with locked_table(), pytest.raises(BackupCancelled):
            make_backup(stop=stop)


class TestSecrecy:
    def test_the_password_is_in_no_command_line_and_no_environment(
        self, rows: int, backup_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = connection.settings_dict["PASSWORD"] or "s3cret:with\\traps"
        monkeypatch.setenv("DATABASE_URL", f"postgresql://somebody:{secret}@127.0.0.1/x")
        monkeypatch.setenv("SECRET_KEY", "django's own")
        seen: dict[str, str] = {}

        def look() -> bool:
            child = running_pg_dump()
            if child is None:
                return False
            seen["command line"] = " ".join(child.cmdline())
            environment = child.environ()
            seen["environment"] = " ".join(environment.values())
            file = environment["PGPASSFILE"].replace("/self/", f"/{child.pid}/")
            seen["password file"] = Path(file).read_text(encoding="utf-8")
            seen["mode"] = oct(mode(Path(file)))
            seen["path"] = os.path.realpath(file)
            return True

        with password(secret), locked_table(), pytest.raises(BackupCancelled):
            make_backup(stop=look)
        assert "pg_dump" in seen["command line"]
        assert secret not in seen["command line"]
        assert secret not in seen["environment"]
        assert "django's own" not in seen["environment"]
        assert seen["password file"].count(":") >= 4
        assert seen["mode"] == "0o600"
        assert not Path(seen["path"]).exists()

    def test_the_servers_list_of_statements_shows_who_dumps(
        self, rows: int, backup_dir: Path
    ) -> None:
        """The connection's own options carry over: pg_dump logs in as Django does."""
        found = []

        def look() -> bool:
            with connect() as other, other.cursor() as cursor:
                cursor.execute(
                    "SELECT usename, datname FROM pg_stat_activity "
                    "WHERE application_name = 'pg_dump' AND datname = current_database()"
                )
                found.extend(cursor.fetchall())
            return bool(found)

        with locked_table(), pytest.raises(BackupCancelled):
            make_backup(stop=look)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            assert found[0] == cursor.fetchone()
