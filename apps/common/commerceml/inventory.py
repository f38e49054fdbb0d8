"""What lies in a data directory: files, what they carry, and what is wrong with them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .errors import Problem
from .kinds import Kind


class Container(StrEnum):
    """The four packages that a 1C file can hold."""

    CLASSIFIER = "classifier"
    CATALOG = "catalog"
    OFFERS = "offers"
    CUSTOMERS = "customers"


@dataclass(slots=True, frozen=True)
class Package:
    """One package in one file; segments of one package share container and ids.

    ``changes_only``: a delta; also where the file does not say. ``empty``: it holds no record.
    """

    container: Container
    changes_only: bool
    empty: bool
    package_id: str
    catalog_id: str
    classifier_id: str
    kinds: dict[Kind, int]


@dataclass(slots=True, frozen=True)
class SourceFile:
    """One file below the data directory; ``mtime`` is in seconds since the epoch.

    ``version`` compares (2.10 is newer than 2.9), ``version_text`` is as the file writes it.
    ``kinds`` counts over all packages, in the order of import. ``unknown`` counts elements where
    packages and sections stand that hold something and that the reader does not know. Not
    ``complete``: the end of the root element is missing, so reading will end in ``BrokenFile``.
    """

    path: Path
    name: str
    kinds: dict[Kind, int]
    version: tuple[int, ...]
    encoding: str
    packages: tuple[Package, ...]
    size: int
    mtime: float
    sha256: str
    problem: Problem | None
    version_text: str = ""
    unknown: dict[str, int] = field(default_factory=dict)
    complete: bool = True

    def as_json(self) -> dict[str, Any]:
        """What a session keeps of it."""
        return {
            "name": self.name,
            "kinds": {kind.value: count for kind, count in self.kinds.items()},
            "version": self.version_text,
            "encoding": self.encoding,
            "full": [package.container.value for package in self.full_packages()],
            "size": self.size,
            "mtime": round(self.mtime, 3),
            "sha256": self.sha256,
            "unknown": self.unknown,
            "complete": self.complete,
            "problem": self._problem_as_json(),
        }

    def full_packages(self) -> Iterator[Package]:
        """Packages that say they hold everything."""
        return (package for package in self.packages if not package.changes_only)

    def _problem_as_json(self) -> dict[str, Any] | None:
        if self.problem is None:
            return None
        return {
            "code": self.problem.code.value,
            "text": self.problem.text,
            "line": self.problem.line,
        }


@dataclass(slots=True, frozen=True)
class Inventory:
    """All files of a data directory, in the order in which they are read."""

    files: tuple[SourceFile, ...] = field(default_factory=tuple)

    @property
    def readable(self) -> tuple[SourceFile, ...]:
        """Files with 1C content, an empty package included."""
        return tuple(file for file in self.files if file.problem is None)

    @property
    def problems(self) -> tuple[SourceFile, ...]:
        """Files that can't be read, each with its problem."""
        return tuple(file for file in self.files if file.problem is not None)

    def with_kind(self, kind: Kind) -> tuple[SourceFile, ...]:
        """Readable files that carry this kind, in reading order."""
        return tuple(file for file in self.readable if kind in file.kinds)

    def totals(self) -> dict[Kind, int]:
        """Records of each kind over all readable files; kinds that do not occur are absent."""
        totals: dict[Kind, int] = {}
        for file in self.readable:
            for kind, count in file.kinds.items():
                totals[kind] = totals.get(kind, 0) + count
        return {kind: totals[kind] for kind in Kind if kind in totals}

    def fingerprint(self) -> str:
        """The same for the same names and contents, whatever the times and the directory."""
        digest = hashlib.sha256()
        for file in self.files:
            line = f"{file.name}\0{file.size}\0{file.sha256}\0"
            digest.update(line.encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def as_json(self) -> dict[str, Any]:
        """JSON-able form, small enough for a row of a session."""
        return {
            "files": [file.as_json() for file in self.files],
            "totals": {kind.value: count for kind, count in self.totals().items()},
            "size": sum(file.size for file in self.files),
            "fingerprint": self.fingerprint(),
        }
