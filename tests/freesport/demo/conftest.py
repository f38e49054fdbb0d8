"""A demo as `make demo` starts it, on private servers and in a directory of the tests' own."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Process, wait_until

READY_WITHIN = 120.0


class Demo(Process):
    """A run of `python -m freesport.demo`; what it says is `text()`."""

    def __init__(self, data_dir: Path, *options: str) -> None:
        chosen = {"DATABASE_URL", "REDIS_URL", "REDIS_KEY_PREFIX", "DJANGO_SETTINGS_MODULE"}
        environment = {name: value for name, value in os.environ.items() if name not in chosen}
        environment["FREESPORT_DATA_DIR"] = str(data_dir)
        command = [sys.executable, "-m", "freesport.demo", *options]
        super().__init__(command, environment, data_dir / "said.log")
        self.log.unlink(missing_ok=True)
        self.start()

    def wait_for_portal(self) -> None:
        """Wait until the demo serves."""
        wait_until(self._serves, READY_WITHIN, self.text)

    def _serves(self) -> bool:
        assert self.running, self.text()
        return "Ctrl-C stops everything." in self.text()


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data directory that root's servers, which run as another account, can reach."""
    base = Path(tempfile.mkdtemp(prefix="demo-"))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base)
