"""Directories for embedded servers: an empty one, and one where they ran before."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.freesport.embedded.lab import Lab


@contextmanager
def made_lab() -> Iterator[Lab]:
    base = Path(tempfile.mkdtemp(prefix="embedded-"))
    base.chmod(0o711)  # pytest's tmp_path is the user's alone: root's servers could not reach it
    lab = Lab(base)
    try:
        yield lab
        lab.clear()
    finally:
        shutil.rmtree(base)


@pytest.fixture
def empty_lab() -> Iterator[Lab]:
    """A data directory that does not exist yet."""
    with made_lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def used_data() -> Iterator[Path]:
    """A data directory where the servers ran once: making a cluster takes most of a start."""
    with made_lab() as lab:
        user = lab.start()
        user.answer()
        user.end()
        yield lab.data_dir


@pytest.fixture
def lab(used_data: Path) -> Iterator[Lab]:
    """A copy of the used data directory."""
    with made_lab() as lab:
        subprocess.run(["cp", "-a", used_data, lab.data_dir], check=True)
        yield lab
