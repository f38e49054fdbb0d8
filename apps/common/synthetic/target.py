"""The output directory: never half-written, never somebody else's."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARKER = ".generated-export.json"
"""Written into every export: its options, its counts, and the claim that it was generated."""


class ForeignDirectoryError(Exception):
    """The output directory holds files that the generator has not written.

    `path` is the directory, `example` one of the files; nothing was touched.
    """

    def __init__(self, path: Path, example: str) -> None:
        super().__init__(f"{path} holds {example}, which was not generated; choose another one.")
        self.path = path
        self.example = example


@contextmanager
def staged(output: Path) -> Iterator[Path]:
    """A hidden directory beside `output` that takes its place when the block ends well.

    An earlier export in `output` is replaced. Raises `ForeignDirectoryError` before anything is
    written, and `OSError`; whatever ends the block early leaves `output` as it was.
    """
    output = output.resolve()
    refuse_foreign(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    stage = output.parent / f".{output.name}.{os.getpid()}.part"
    stage.mkdir()
    try:
        yield stage
        _replace(output, stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def refuse_foreign(output: Path) -> None:
    """Raise `ForeignDirectoryError` unless `output` is missing, empty or a generated export.

    A file in its place raises `NotADirectoryError`.
    """
    if not output.exists():
        return
    if not output.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(output))
    known = _known_names(output)
    for entry in sorted(output.iterdir()):
        if entry.name not in known:
            raise ForeignDirectoryError(output, entry.name)


def write_marker(stage: Path, content: dict[str, object]) -> None:
    """Leave the marker: `content` and the names at the export's top."""
    names = sorted(entry.name for entry in stage.iterdir())
    text = json.dumps({**content, "entries": names}, ensure_ascii=False, indent=2)
    (stage / MARKER).write_text(text + "\n", encoding="utf-8")


def _known_names(output: Path) -> set[str]:
    """The names an earlier run has left at the top, by its marker."""
    try:
        marker = json.loads((output / MARKER).read_text(encoding="utf-8"))
        return {MARKER, *marker["entries"]}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError):
        raise ForeignDirectoryError(output, MARKER) from None


def _replace(output: Path, stage: Path) -> None:
    if not output.exists():
        stage.rename(output)
        return
    old = stage.with_suffix(".old")
    output.rename(old)
    try:
        stage.rename(output)
    except OSError:
        old.rename(output)
        raise
    shutil.rmtree(old)
