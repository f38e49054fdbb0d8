"""Opening a 1C file without trusting it.

Everything that could change what the parser sees is settled before it starts: the kind of file,
the encoding, the prolog (``prolog``). A DOCTYPE is refused, because a DTD's default attribute can
delete records and an entity can cut a name. What is left reaches the parser as UTF-8, without
byte order mark and declaration.
"""

import codecs
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from .errors import ProblemCode, RefusedFile
from .prolog import Prolog

#: One record may hold this many tags and bytes; the largest real one has a few thousand tags.
MAX_RECORD_TAGS = 400_000
MAX_RECORD_BYTES = 32 * 1024 * 1024


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading, and nothing that would block or is no file.

    Raises:
        RefusedFile: not a regular file, or not to be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        text = f"cannot be opened: {error.strerror}"
        raise RefusedFile(ProblemCode.UNREADABLE, text) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise RefusedFile(ProblemCode.NOT_A_FILE, "is not a regular file")
    with os.fdopen(handle, "rb", buffering=0) as file:
        yield file


def utf8_blocks(file: BinaryIO, prolog: Prolog, size: int) -> Iterator[bytes]:
    """The content from ``prolog.start`` on, in blocks of about ``size`` bytes, as UTF-8.

    Raises:
        RefusedFile: bytes that the encoding does not have.
    """
    file.seek(prolog.start)
    recode = Recoder(prolog.encoding)
    while block := file.read(size):
        yield recode(block, final=False)
    rest = recode(b"", final=True)
    if rest:
        yield rest


class Recoder:
    """Turns successive blocks of a file into UTF-8; what is UTF-8 already passes untouched."""

    def __init__(self, encoding: str) -> None:
        self._decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
        self._encoding = encoding
        self._lines = 0

    def __call__(self, block: bytes, *, final: bool) -> bytes:
        """One more block; ``final`` asks for what was held back."""
        if self._decoder is None:
            return block
        try:
            text = self._decoder.decode(block, final)
            self._lines += text.count("\n")
            return text.encode()
        except UnicodeError as error:
            reason = f"not valid {self._encoding}"
            raise RefusedFile(ProblemCode.BAD_ENCODING, reason, self._lines + 1) from error


def new_parser() -> etree.XMLPullParser:
    """A parser with every dangerous option off that reports processing instructions only.

    Events for elements would cost the interpreter lock once per tag; the reader walks the growing
    tree instead. libxml2's limits (depth 256, 10 MB of text in one node) stay on.
    """
    return etree.XMLPullParser(
        events=("pi",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        collect_ids=False,
    )
