"""A file in, its records out, in document order and constant memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element

from .errors import BrokenFile, Problem, ProblemCode, RefusedFile
from .kinds import ALL_KINDS, Kind
from .nodes import line_of
from .prolog import Prolog, read_prolog
from .records import Record
from .safety import MAX_RECORD_BYTES, MAX_RECORD_TAGS, new_parser, open_regular, utf8_blocks
from .walker import Walker

#: Small enough for the processor's cache: the tree of a block takes ten times its size.
_BLOCK = 64 * 1024
#: Feeding begins with an instruction of our own: its event is our handle on the tree.
_HANDLE = b"<?reader?>"
_BAD_ENCODING = frozenset(
    {etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNKNOWN_ENCODING}
)


def read(path: Path, kinds: frozenset[Kind] | None = None) -> Iterator[Record]:
    """Stream the records of the wanted kinds (``None``: all) of one file.

    Offers, prices and stock all come as ``OfferRecord``, with only the wanted parts; prices and
    stock that stand inside goods come as offers too, unless the goods themselves are wanted. Asked
    for prices or stock alone, it leaves out offers without any. A record without an id has the id
    "". What stands among records of a wanted kind and is none is an ``UnknownRecord``; unknown
    packages and sections are told only when all kinds are read.

    Raises:
        BrokenFile: the file can't be read to its end; what stood before the fault was delivered.
    """
    wanted = ALL_KINDS if kinds is None else kinds
    try:
        with open_regular(path) as file:
            prolog = read_prolog(file)
            yield from _Reading(path, prolog, wanted).records(utf8_blocks(file, prolog, _BLOCK))
    except RefusedFile as refused:
        raise _broken(path, refused.problem) from refused
    except OSError as error:
        problem = Problem(ProblemCode.UNREADABLE, f"cannot be read: {error.strerror}")
        raise _broken(path, problem) from error


def _broken(path: Path, problem: Problem) -> BrokenFile:
    return BrokenFile(path, problem.line, problem.text, problem.code)


class _Reading:
    """One pass over one file."""

    def __init__(self, path: Path, prolog: Prolog, kinds: frozenset[Kind]) -> None:
        self._path = path
        self._skipped_lines = prolog.skipped_lines
        self._walker = Walker(kinds)
        self._parser = new_parser()
        self._events = self._parser.read_events()
        self._handle: Element | None = None
        self._root: Element | None = None
        self._idle_bytes = 0
        self._idle_tags = 0

    def records(self, blocks: Iterator[bytes]) -> Iterator[Record]:
        """Feed the parser block by block and give out what becomes complete."""
        problem = self._feed(_HANDLE + b"\n" * self._skipped_lines)
        while problem is None:
            try:
                block = next(blocks, b"")
            except RefusedFile as refused:
                problem = refused.problem
                break
            if not block:
                problem = self._close()
                break
            problem = self._feed(block)
            yield from self._harvest(block)
        if problem is not None:
            raise _broken(self._path, problem)
        yield from self._harvest(b"", complete=True)

    def _feed(self, block: bytes) -> Problem | None:
        try:
            self._parser.feed(block)
        except etree.XMLSyntaxError as error:
            return _problem_of(error)
        return self._silent_problem()

    def _silent_problem(self) -> Problem | None:
        """With entities unresolved lxml stops at an unknown one without saying so."""
        log = self._parser.feed_error_log
        for entry in log.filter_from_errors() if len(log) else ():
            return _syntax_problem(entry.type, entry.message, entry.line)
        return None

    def _close(self) -> Problem | None:
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            return _problem_of(error)
        return None

    def _harvest(self, block: bytes, *, complete: bool = False) -> list[Record]:
        root = self._root if self._root is not None else self._find_root()
        for _ in self._events:
            """Instructions in the file: of no use, and not to be kept."""
        if root is None:
            return []
        records, dropped = self._walker.harvest(root, complete=complete)
        if dropped:
            self._idle_bytes = self._idle_tags = 0
        else:
            self._check_size(block, root)
        return records

    def _find_root(self) -> Element | None:
        """The root, once it is there: it follows our instruction."""
        if self._handle is None:
            self._handle = cast("Element", next(self._events)[1])
        node = self._handle.getnext()
        while node is not None and not isinstance(cast("object", node.tag), str):
            node = node.getnext()
        self._root = node
        if node is not None and node.getroottree().docinfo.internalDTD is not None:
            raise RefusedFile(ProblemCode.DOCTYPE_REFUSED, "has a DOCTYPE, which is refused")
        return node

    def _check_size(self, block: bytes, root: Element) -> None:
        """One record that never ends would fill the memory."""
        self._idle_bytes += len(block)
        self._idle_tags += block.count(b"<")
        if self._idle_bytes > MAX_RECORD_BYTES or self._idle_tags > MAX_RECORD_TAGS:
            node = root
            while len(node) and node.sourceline and len(node) < 3:
                node = node[-1]
            text = "one record has more children than any real one: refused"
            raise RefusedFile(ProblemCode.TOO_MANY_CHILDREN, text, line_of(node))


def _problem_of(error: etree.XMLSyntaxError) -> Problem:
    code: int = error.code  # type: ignore[attr-defined] # the stubs forget it
    return _syntax_problem(code, error.msg or "", error.lineno or 0)


def _syntax_problem(code: int, message: str, line: int) -> Problem:
    bad_encoding = code in _BAD_ENCODING
    kind = ProblemCode.BAD_ENCODING if bad_encoding else ProblemCode.BROKEN_XML
    return Problem(kind, message.partition(", line ")[0].strip() or "not well-formed", line)
