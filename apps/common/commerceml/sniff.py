"""Taking the inventory of a data directory: one pass over the bytes of each file."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from . import tags
from .errors import CommerceMLError, Problem, ProblemCode, RefusedFile
from .inventory import Inventory, Package, SourceFile
from .kinds import Kind
from .prolog import Prolog, read_prolog
from .recount import count_by_reading
from .safety import open_regular
from .scan import PackageScan, Scan, scan_blocks

_BLOCK = 1024 * 1024
_SUFFIX = ".xml"
_LINK_OUT = Problem(ProblemCode.NOT_A_FILE, "is a link out of the data directory")
_DIGITS = re.compile(r"(\d+)")


class NoDirectory(CommerceMLError):
    """The data directory is missing, is no directory or may not be read."""


def take_inventory(directory: Path) -> Inventory:
    """Look at every ``*.xml`` below a directory, in natural order of their names.

    Names that begin with a dot are left out: beside an export lie the copy that is being made and
    the export before it (``scripts/server``), and what other systems put there.

    The order is numeric, so that ``goods_1_2`` comes before ``goods_1_10``. Links that lead out of
    the directory, pipes and other things that are no files are listed with a problem.

    Raises:
        NoDirectory: there is nothing to look at.
    """
    root = directory.resolve()
    try:
        os.scandir(root).close()
    except OSError as error:
        raise NoDirectory(f"{directory}: {error.strerror}") from error
    with ThreadPoolExecutor(max_workers=1) as digester:
        files = [_look_at(path, root, bad, digester) for path, bad in _candidates(root, root)]
    return Inventory(tuple(sorted(files, key=lambda file: natural_order(file.name))))


def natural_order(name: str) -> list[tuple[str | int, ...]]:
    """A sort key in which numbers inside names count as numbers, folder by folder."""
    return [
        tuple(int(part) if part.isdecimal() else part for part in _DIGITS.split(folder.casefold()))
        for folder in name.split("/")
    ]


def _candidates(folder: Path, root: Path) -> Iterator[tuple[Path, Problem | None]]:
    """Paths of XML files, and of what cannot be entered, with what is wrong already."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        text = f"cannot be opened: {error.strerror}"
        yield folder, Problem(ProblemCode.UNREADABLE, text)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        is_xml = entry.name.lower().endswith(_SUFFIX)
        if entry.is_symlink() and not _leads_inside(path, root):
            if is_xml or entry.is_dir():
                yield path, _LINK_OUT
        elif entry.is_dir(follow_symlinks=False):
            yield from _candidates(path, root)
        elif is_xml:
            yield path, None


def _leads_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def _look_at(path: Path, root: Path, problem: Problem | None, digester: Executor) -> SourceFile:
    name = _printable(path.relative_to(root).as_posix())
    look = _Look()
    if problem is None:
        try:
            with open_regular(path) as file:
                look.at(file, digester)
        except RefusedFile as refused:
            problem = refused.problem
        except OSError as error:
            problem = Problem(ProblemCode.UNREADABLE, f"cannot be read: {error.strerror}")
        else:
            problem = look.problem
    scan = look.scan
    if problem is None and scan.uncertain:
        count_by_reading(path, scan)
    if problem is None and not scan.complete:
        problem = _truncated(path)
    return _source_file(path, name, look, problem)


def _truncated(path: Path) -> Problem:
    """A file cut off in copying: found before a single record of it is imported."""
    with path.open("rb") as file:
        lines = 1 + sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
    return Problem(ProblemCode.TRUNCATED, "the end of the file is missing", lines)


def _printable(name: str) -> str:
    """A name that any database and JSON take, whatever bytes the file system had."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Look:
    """One pass over one file: its digest, and what the scanner made of it."""

    def __init__(self) -> None:
        self.prolog: Prolog | None = None
        self.problem: Problem | None = None
        self.scan = Scan()
        self.size = 0
        self.mtime = 0.0
        self.sha256 = ""

    def at(self, file: BinaryIO, digester: Executor) -> None:
        """Read the file once from end to end."""
        status = os.fstat(file.fileno())
        self.size, self.mtime = status.st_size, status.st_mtime
        try:
            self.prolog = read_prolog(file)
        except RefusedFile as refused:
            self.problem = refused.problem
        file.seek(0)
        digest = hashlib.sha256()
        self._scan(_digested(file, digest, digester))
        self.sha256 = digest.hexdigest()

    def _scan(self, blocks: Iterator[bytes]) -> None:
        if self.prolog is not None:
            try:
                self.scan = scan_blocks(blocks, self.prolog)
            except RefusedFile as refused:
                self.problem = refused.problem
        for _ in blocks:
            """What nobody scans is digested all the same."""


def _digested(file: BinaryIO, digest: "hashlib._Hash", digester: Executor) -> Iterator[bytes]:
    """The blocks of a file, each digested in another thread while the caller looks at it.

    The other thread begins while the next block is read: the caller does not let it.
    """
    block = file.read(_BLOCK)
    while block:
        pending = digester.submit(digest.update, block)
        following = file.read(_BLOCK)
        yield block
        pending.result()
        block = following


def _source_file(path: Path, name: str, look: _Look, problem: Problem | None) -> SourceFile:
    prolog = look.prolog
    version = prolog.attributes.get(tags.VERSION, "").strip()[:20] if prolog else ""
    return SourceFile(
        path=path,
        name=name,
        kinds=_totals(look.scan.packages),
        version=_version(version),
        version_text=version,
        encoding=prolog.encoding if prolog else "",
        packages=tuple(_package(package) for package in look.scan.packages),
        size=look.size,
        mtime=look.mtime,
        sha256=look.sha256,
        problem=problem,
        unknown=look.scan.unknown,
        complete=look.scan.complete,
    )


def _totals(packages: list[PackageScan]) -> dict[Kind, int]:
    total = Counter[Kind]()
    for package in packages:
        total.update(package.counts)
    return {kind: total[kind] for kind in Kind if total[kind]}


def _package(scan: PackageScan) -> Package:
    return Package(
        container=scan.container,
        changes_only=scan.changes_only,
        empty=not scan.counts,
        package_id=scan.leaves.get(tags.ID, ""),
        catalog_id=scan.leaves.get(tags.CATALOG_ID, ""),
        classifier_id=scan.leaves.get(tags.CLASSIFIER_ID, ""),
        kinds={kind: scan.counts[kind] for kind in Kind if kind in scan.counts},
    )


def _version(text: str) -> tuple[int, ...]:
    """2.10 is (2, 10), newer than (2, 9); what is no version is ()."""
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(map(_is_number, parts)) else ()


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 6
