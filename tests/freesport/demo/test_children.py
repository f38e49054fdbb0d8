"""The demo's children end with it, willing or not."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from freesport.demo import children
from freesport.demo.children import Child, family
from freesport.demo.errors import DemoError
from tests.support.processes import alive, wait_until

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ready", flush=True)
time.sleep(600)
"""


POLITE = """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("ready", flush=True)
signal.sigwait([signal.SIGTERM])
time.sleep(0.5)
print("saved", flush=True)
"""


def child_of(code: str, log: Path) -> Child:
    return Child("program", [sys.executable, "-c", code], log)


class TestFamily:
    def test_a_program_that_ignores_sigterm_is_killed_with_all_that_it_started(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(children, "POLITE_STOP", 0.5)
        log = tmp_path / "log"
        with family() as members:
            members.append(child_of(STUBBORN, log))
            wait_until(lambda: "ready" in log.read_text(), 30, log.read_text)
            processes = filter(alive, psutil.Process().children(recursive=True))
            mine = [process for process in processes if "time.sleep(600)" in process.cmdline()[-1]]
            assert len(mine) == 2
        wait_until(lambda: not any(map(alive, mine)), 10, lambda: f"These live on: {mine}")

    def test_a_polite_program_is_waited_for(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        with family() as members:
            members.append(child_of(POLITE, log))
            wait_until(lambda: "ready" in log.read_text(), 30, log.read_text)
        assert log.read_text().split() == ["ready", "saved"]


class TestReadiness:
    def test_a_program_that_ends_instead_is_reported_with_its_last_words(
        self, tmp_path: Path
    ) -> None:
        child = child_of("print('no such module'); raise SystemExit(3)", tmp_path / "log")
        with pytest.raises(DemoError, match=r"program has ended with exit code 3(?s:.*)no such"):
            child.wait_until(lambda: False)

    def test_a_silent_program_is_given_up_in_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(children, "READY_WITHIN", 0.3)
        child = child_of("import time; time.sleep(600)", tmp_path / "log")
        with pytest.raises(DemoError, match=r"does not answer(?s:.*)it is empty"):
            child.wait_until(lambda: False)
        child.end(time.monotonic())
