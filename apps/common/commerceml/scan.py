"""Counting the records of a file by its bytes alone, in a fraction of the time of parsing.

A file is packages, a package is sections, a section is records. Down to the sections the scanner
reads tag by tag; inside a section it only counts closing tags, block by block. The counts are
exact for what 1C writes; a comment or CDATA that holds tags may fool it. What it could not count
although something is there, ``Scan.uncertain`` says, and the caller reads the file instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import tags
from .errors import ProblemCode, RefusedFile
from .inventory import Container
from .kinds import Kind
from .prolog import Prolog
from .safety import MAX_RECORD_BYTES, MAX_RECORD_TAGS, Recoder
from .sections import SECTIONS, SectionCounter, new_counter
from .values import is_false

_TOKEN = re.compile(
    rb"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>|/([^\s>]+)\s*>"
    rb"|([^\s/>!?]+)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROOT_END = re.compile(rb"</[^<>]*" + tags.ROOT.encode() + rb"\s*>\s*$")
_TAIL = 1024
_PACKAGES = {
    tags.CLASSIFIER: Container.CLASSIFIER,
    tags.CATALOG: Container.CATALOG,
    tags.OFFER_PACKAGE: Container.OFFERS,
    tags.OFFER_PACKAGE_CHANGES: Container.OFFERS,
}
_BARE_SECTIONS = {
    tags.CUSTOMERS: Container.CUSTOMERS,
    tags.GOODS: Container.CATALOG,
    tags.OFFERS: Container.OFFERS,
}
_LEAVES = frozenset({tags.ID, tags.CATALOG_ID, tags.CLASSIFIER_ID, tags.CHANGES_ONLY})
_NO_RECORDS = frozenset({tags.OWNER})


@dataclass(slots=True)
class PackageScan:
    """What the scanner learned of one package; ``leaves`` are its ids and its delta flag."""

    container: Container
    leaves: dict[str, str] = field(default_factory=dict)
    counts: dict[Kind, int] = field(default_factory=dict)

    @property
    def changes_only(self) -> bool:
        """Missing counts as a delta."""
        return not is_false(self.leaves.get(tags.CHANGES_ONLY))


@dataclass(slots=True)
class Scan:
    """The result: packages in order, unknown elements that hold something, the root's end seen."""

    packages: list[PackageScan] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    complete: bool = False
    uncertain: bool = False


class Scanner:
    """Takes a file in blocks of UTF-8 and leaves its result in ``scan``."""

    def __init__(self) -> None:
        self.scan = Scan()
        self._open: list[PackageScan] = []
        self._inside: SectionCounter | None = None
        self._opaque = b""
        self._rest = b""
        self._tail = b""
        self._idle_bytes = 0
        self._idle_tags = 0

    def feed(self, block: bytes) -> None:
        """One more block of the file.

        Raises:
            RefusedFile: one record holds more than any real one.
        """
        data = self._rest + block if self._rest else block
        self._idle_bytes += len(block)
        at = 0
        while at < len(data):
            after = self._step(data, at)
            if after is None:
                break
            at = after
        self._rest = data[at:]
        self._tail = data[-_TAIL:]
        self._check_idle(block)

    def finish(self) -> Scan:
        """The result, once all blocks were fed.

        Where the root's end is there, but was taken for a part of something else (a comment may
        hold half a tree), the counts are worth nothing.
        """
        lost = not self.scan.complete and _ROOT_END.search(self._tail) is not None
        if self._inside is not None:
            self._leave_section()
        self.scan.complete |= lost
        self.scan.uncertain |= lost
        return self.scan

    def _step(self, data: bytes, at: int) -> int | None:
        """Advance as far as is certain; ``None``: more data is needed."""
        if self._inside is not None:
            return self._count(self._inside, data, at)
        if self._opaque:
            return self._skip_opaque(data, at)
        return self._token(data, at)

    def _count(self, counter: SectionCounter, data: bytes, at: int) -> int | None:
        after, ended = counter.count(data, at)
        if counter.progressed:
            self._idle_bytes = self._idle_tags = 0
        if ended:
            self._leave_section()
        return after if ended or after > at else None

    def _leave_section(self) -> None:
        counter, self._inside = self._inside, None
        if counter is None:
            return
        counts = counter.result()
        self.scan.uncertain |= counter.seen_something and not counts
        target = self._open[-1].counts
        for kind, count in counts.items():
            target[kind] = target.get(kind, 0) + count
        if counter.bare:
            self._open.pop()

    def _skip_opaque(self, data: bytes, at: int) -> int | None:
        end = data.find(self._opaque, at)
        if end < 0:
            kept = len(data) - len(self._opaque) + 1
            return kept if kept > at else None
        self._opaque = b""
        self._idle_bytes = self._idle_tags = 0
        return end + 2

    def _token(self, data: bytes, at: int) -> int | None:
        start = data.find(b"<", at)
        if start < 0:
            return len(data)
        match = _TOKEN.match(data, start)
        if match is None:
            return start if start > at else None
        if match[1] is not None:
            self._closing(_local(match[1]))
            return match.end()
        if match[2] is None:
            return match.end()
        return self._opening(match, data)

    def _closing(self, name: str) -> None:
        if name == tags.ROOT:
            self.scan.complete = True
        elif name in _PACKAGES and self._open:
            self._open.pop()

    def _opening(self, match: re.Match[bytes], data: bytes) -> int | None:
        name, closed = _local(match[2]), match[3].endswith(b"/")
        if name == tags.ROOT:
            return match.end()
        if name in _PACKAGES:
            self._begin_package(_PACKAGES[name], match[3], stays_open=not closed)
        elif name in SECTIONS and (self._open or name in _BARE_SECTIONS):
            if not closed:
                self._begin_section(name, match)
        elif not closed:
            return self._other(name, match, data)
        return match.end()

    def _begin_package(self, container: Container, attributes: bytes, *, stays_open: bool) -> None:
        package = PackageScan(container)
        for name, one, two in _ATTRIBUTE.findall(attributes):
            if _local(name) == tags.CHANGES_ONLY:
                package.leaves[tags.CHANGES_ONLY] = _text(one or two)
        self.scan.packages.append(package)
        if stays_open:
            self._open.append(package)

    def _begin_section(self, name: str, match: re.Match[bytes]) -> None:
        bare = not self._open
        if bare:
            self._begin_package(_BARE_SECTIONS[name], match[3], stays_open=True)
        self._inside = new_counter(name, match[2], bare=bare)

    def _other(self, name: str, match: re.Match[bytes], data: bytes) -> int | None:
        """A leaf to remember, or an element of no interest, left by its closing tag."""
        closing = b"</" + match[2]
        if name not in _LEAVES or not self._open:
            following = data.find(b"<", match.end())
            if following < 0:
                return None
            if data[following + 1 : following + 2] != b"/" and name not in _NO_RECORDS:
                self.scan.unknown[name] = self.scan.unknown.get(name, 0) + 1
            self._opaque = closing
            return match.end()
        end = data.find(closing, match.end())
        if end < 0:
            return None
        self._open[-1].leaves.setdefault(name, _text(data[match.end() : end]))
        return end + 2

    def _check_idle(self, block: bytes) -> None:
        if self._idle_bytes < len(block):
            return
        self._idle_tags += block.count(b"<")
        if self._idle_bytes > MAX_RECORD_BYTES or self._idle_tags > MAX_RECORD_TAGS:
            text = "one record has more children than any real one: refused"
            raise RefusedFile(ProblemCode.TOO_MANY_CHILDREN, text)


def scan_blocks(blocks: Iterator[bytes], prolog: Prolog) -> Scan:
    """Scan a file given as raw blocks from its first byte on.

    Raises:
        RefusedFile: bytes that the encoding does not have, or a record larger than any real one.
    """
    scanner, recode = Scanner(), Recoder(prolog.encoding)
    skip = prolog.start
    for block in blocks:
        content = block[skip:] if skip else block
        skip = max(0, skip - len(block))
        scanner.feed(recode(content, final=False))
    return scanner.finish()


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()[:200]
