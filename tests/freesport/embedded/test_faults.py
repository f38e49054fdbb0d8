"""Killed users, stale files, taken ports, full disks."""

import os
import resource
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
import redis

from freesport import embedded
from freesport.embedded import ports, processes
from freesport.embedded.accounts import identity, server_account
from tests.freesport.embedded.lab import Lab, cursor, eventually

CUT_SHORT = "embedded/postgres.new-cut"


def limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))


def keepers(lab: Lab) -> list[int]:
    return [process.pid for process in lab.processes() if "keep" in process.cmdline()]


class TestKilled:
    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
    def test_a_user_leaves_its_servers_to_the_keeper(
        self, number: signal.Signals, lab: Lab
    ) -> None:
        user = lab.start()
        user.answer()
        assert lab.processes() != []
        user.process.send_signal(number)
        user.end()
        assert eventually(lambda: lab.processes() == [])

    def test_servers_come_back_with_their_data(self, lab: Lab) -> None:
        user = lab.start()
        urls = user.answer()
        with cursor(urls["database"]) as db, redis.Redis.from_url(urls["redis"]) as client:
            db.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            db.execute("CHECKPOINT")
            client.set("kept", "42")
            client.execute_command("WAITAOF", 1, 0, 2000)
        for process in [*lab.processes(), user.process]:
            process.kill()
        user.end()
        pid_file = lab.data_dir / "embedded/postgres/data/postmaster.pid"
        lines = pid_file.read_text().splitlines(keepends=True)
        # The number in the stale file belongs to another program of the same account by now.
        with subprocess.Popen(["sleep", "60"], **identity(server_account())) as foreign:
            pid_file.write_text("".join([f"{foreign.pid}\n", *lines[1:]]))
            heir = lab.start()
            assert heir.answer() == urls
            assert foreign.poll() is None
            foreign.kill()
        with cursor(urls["database"]) as db, redis.Redis.from_url(urls["redis"]) as client:
            db.execute("SELECT answer FROM kept")
            assert db.fetchone() == (42,)
            assert client.get("kept") == b"42"
        heir.end()

    def test_a_user_and_the_keeper_leave_servers_that_the_next_user_joins_and_stops(
        self, lab: Lab
    ) -> None:
        user = lab.start()
        urls = user.answer()
        server = lab.pid()
        for pid in keepers(lab):
            os.kill(pid, signal.SIGKILL)
        user.kill()
        heir = lab.start()
        assert heir.answer() == urls
        assert lab.pid() == server
        heir.end()
        assert lab.processes() == []


class TestFiles:
    def test_of_an_interrupted_first_start_are_cleared(self, empty_lab: Lab) -> None:
        left = empty_lab.data_dir / CUT_SHORT
        (left / "data").mkdir(parents=True)
        user = empty_lab.start()
        assert "database" in user.answer()
        assert not left.exists()
        user.end()

    def test_that_were_removed_do_not_keep_the_servers_alive(self, lab: Lab) -> None:
        user = lab.start()
        user.answer()
        shutil.rmtree(lab.data_dir, ignore_errors=True)
        user.end()
        assert lab.processes() == []


class TestProof:
    """Asked without stopping anything: a broken proof must not end the reader's own programs."""

    def test_is_program_and_path_together(self, tmp_path: Path) -> None:
        pid_file = tmp_path / "pid"
        with subprocess.Popen(["sleep", "8", "9"]) as process:
            pid_file.write_text(f"{process.pid}\nmore lines\n")
            # Popen returns within the child's exec, a moment before its command line can be read.
            assert eventually(psutil.Process(process.pid).cmdline)
            proven = processes.owned(pid_file, ("sleep",), ("8", "9"))
            assert proven is not None
            assert proven.pid == process.pid
            assert processes.owned(pid_file, ("postgres",), ("8", "9")) is None
            assert processes.owned(pid_file, ("sleep",), ("8", "10")) is None
            assert process.pid in {p.pid for p in processes.running(("sleep",), ("8", "9"))}
            assert processes.running(("sleep",), (str(tmp_path),)) == []
            process.kill()
        assert processes.owned(pid_file, ("sleep",), ("8", "9")) is None

    @pytest.mark.parametrize("text", ["", "\n", "many\n"])
    def test_needs_a_number_in_the_file(self, text: str, tmp_path: Path) -> None:
        pid_file = tmp_path / "pid"
        pid_file.write_text(text)
        assert processes.owned(pid_file, ("sleep",), ("8",)) is None

    def test_is_not_given_without_a_mark(self, tmp_path: Path) -> None:
        pid_file = tmp_path / "pid"
        pid_file.write_text(f"{os.getpid()}\n")
        name = Path(psutil.Process().cmdline()[0]).name
        assert processes.owned(pid_file, (name,), ()) is None


class TestPorts:
    @pytest.mark.parametrize("variable", ["FREESPORT_PG_PORT", "FREESPORT_REDIS_PORT"])
    def test_fixed_and_taken_are_named(self, variable: str, lab: Lab) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            answer = lab.start(**{variable: port}).answer()
        assert f"port {port}, set in {variable}" in answer["error"]

    def test_fixed_otherwise_than_a_running_server_are_named(self, lab: Lab) -> None:
        user = lab.start()
        user.answer()
        assert "already runs on port" in lab.start(FREESPORT_PG_PORT="1").answer()["error"]
        user.end()

    def test_remembered_are_kept_or_replaced_when_taken(self, lab: Lab) -> None:
        user = lab.start()
        before = user.answer()
        user.end()
        port = int(before["redis"].rsplit(":", 1)[1].removesuffix("/0"))
        with socket.create_server(("127.0.0.1", port)):
            heir = lab.start()
            after = heir.answer()
            heir.end()
        assert after["database"] == before["database"]
        assert after["redis"] != before["redis"]

    @pytest.mark.parametrize("text", ["70000", "0", "many"])
    def test_that_are_no_ports_are_refused(
        self, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FREESPORT_PG_PORT", text)
        with pytest.raises(embedded.EmbeddedError, match=f"FREESPORT_PG_PORT is '{text}'"):
            ports.fixed_port("FREESPORT_PG_PORT")


class TestDisk:
    def test_a_file_size_limit_is_told_and_nothing_half_made_stays(self, empty_lab: Lab) -> None:
        user = empty_lab.start(limit=limit_file_size)
        assert (
            f"no space left for the embedded servers' data in {empty_lab.data_dir}"
            in (user.answer()["error"])
        )
        user.end()
        assert list(empty_lab.data_dir.glob("embedded/postgres*")) == []

    @pytest.mark.parametrize("megabytes", [1, 20])
    def test_full_is_told(self, megabytes: int, empty_lab: Lab) -> None:
        data_dir = empty_lab.data_dir
        data_dir.mkdir()
        size = f"size={megabytes}m,mode=755"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(data_dir)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("mounting a small disk needs root's rights")
        try:
            user = empty_lab.start()
            assert (
                f"no space left for the embedded servers' data in {data_dir}"
                in (user.answer()["error"])
            )
            user.end()
            assert eventually(lambda: empty_lab.processes() == [])
        finally:
            subprocess.run(["umount", str(data_dir)], check=True)
