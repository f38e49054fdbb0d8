"""The first bytes of a file: is it CommerceML at all, and in which encoding?

The encoding follows the byte order mark, else the XML declaration, never the file's name. What
must not reach a parser is refused here: packed and binary files, a DOCTYPE in any encoding and
behind any comment, text before the XML, another root.
"""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from . import tags
from .errors import ProblemCode, RefusedFile

_HEAD = 64 * 1024
_LONGEST_PROLOG = 1024 * 1024
_LONGEST_ROOT_TAG = 16 * 1024
_BLANK = " \t\r\n"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKLESS = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x7fELF": "program",
    b"MZ": "program",
}
_DECLARED = re.compile(rb"""^<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.\-]{0,39})["']""")
_ROOT_TAG = re.compile(
    r"<(?:([^\s<>/:!?'\"=&]+):)?([^\s<>/:!?'\"=&]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_ATTRIBUTE = re.compile(r"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
#: Encodings in which ASCII stands for itself, or two bytes wide: nothing can hide in them.
_ACCEPTED = frozenset({"utf-8", "ascii", "cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"})


@dataclass(slots=True, frozen=True)
class Prolog:
    """What stands before the content: ``start`` is the byte after mark and XML declaration.

    ``skipped_lines`` are the line ends inside the declaration, ``attributes`` those of the root,
    ``prefix`` its namespace prefix.
    """

    encoding: str
    start: int
    skipped_lines: int
    prefix: str
    attributes: dict[str, str]


def read_prolog(file: BinaryIO) -> Prolog:
    """Judge the beginning of a file; the file is left at an unspecified position.

    Raises:
        RefusedFile: for everything that must not reach the parser.
    """
    head = _read(file, _HEAD)
    encoding, mark = _encoding(head)
    while True:
        text, skipped, start = _after_declaration(head, encoding, mark)
        found = _find_root(text, skipped)
        if found is not None:
            break
        more = _read(file, len(head)) if len(head) < _LONGEST_PROLOG else b""
        if not more:
            line = skipped + text.count("\n") + 1
            raise RefusedFile(ProblemCode.BROKEN_XML, "no root element", line)
        head += more
    prefix, name, attributes = found
    if name != tags.ROOT:
        raise _wrong_root(name, encoding, head[start:])
    return Prolog(encoding, start, skipped, prefix, attributes)


def _read(file: BinaryIO, size: int) -> bytes:
    chunks = []
    while size > 0 and (chunk := file.read(size)):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _encoding(head: bytes) -> tuple[str, int]:
    """Codec and length of the byte order mark."""
    if not head.strip():
        raise RefusedFile(ProblemCode.EMPTY_FILE, "is empty")
    for magic, kind in _PACKED.items():
        if head.startswith(magic):
            raise RefusedFile(ProblemCode.BINARY_FILE, f"is not XML but {kind}")
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if not encoding:
                raise RefusedFile(ProblemCode.BAD_ENCODING, "UTF-32 is not supported")
            return encoding, len(mark)
    for start, encoding in _MARKLESS:
        if head.startswith(start):
            return encoding, 0
    if b"\0" in head[:1024] and not head.lstrip().startswith(b"<"):
        raise RefusedFile(ProblemCode.BINARY_FILE, "is not XML: it holds zero bytes")
    return _declared_encoding(head), 0


def _declared_encoding(head: bytes) -> str:
    match = _DECLARED.match(head[:1024])
    if match is None:
        return "utf-8"
    declared = match[1].decode("ascii")
    if declared.lower().startswith("utf-16"):
        return "utf-8"  # the declaration itself was readable byte by byte: it is not UTF-16
    try:
        encoding = codecs.lookup(declared).name
    except LookupError:
        encoding = ""
    if encoding not in _ACCEPTED:
        text = f"encoding {declared} is not supported"
        raise RefusedFile(ProblemCode.BAD_ENCODING, text, 1)
    return encoding


def _after_declaration(head: bytes, encoding: str, mark: int) -> tuple[str, int, int]:
    """Text behind the XML declaration, line ends inside it, and its offset in bytes."""
    text = head[mark:].decode(encoding, "replace")
    if not text.startswith("<?xml") or text[5:6] not in _BLANK:
        return text, 0, mark
    end = text.find("?>")
    if end < 0:
        raise RefusedFile(ProblemCode.BROKEN_XML, "the XML declaration has no end", 1)
    declaration = text[: end + 2]
    start = mark + len(declaration.encode(encoding, "replace"))
    return text[end + 2 :], declaration.count("\n"), start


def _find_root(text: str, skipped_lines: int) -> tuple[str, str, dict[str, str]] | None:
    """Prefix, local name and attributes of the root; ``None``: more text is needed."""
    at = 0
    while True:
        at += len(text) - at - len(text[at:].lstrip(_BLANK))
        rest = text[at : at + 9]
        if rest.startswith(("<!--", "<?")):
            closing = "-->" if rest.startswith("<!--") else "?>"
            end = text.find(closing, at + (4 if closing == "-->" else 2))
            if end < 0:
                return None
            at = end + len(closing)
            continue
        return _judge_root(text, at, skipped_lines + text.count("\n", 0, at) + 1)


def _judge_root(text: str, at: int, line: int) -> tuple[str, str, dict[str, str]] | None:
    if text[at : at + 9].upper() == "<!DOCTYPE":
        raise RefusedFile(ProblemCode.DOCTYPE_REFUSED, "has a DOCTYPE, which is refused", line)
    if len(text) - at < 9:
        return None
    match = _ROOT_TAG.match(text, at)
    if match:
        pairs = _ATTRIBUTE.findall(match[3])
        return match[1] or "", match[2], {name: one or two for name, one, two in pairs}
    if text[at] != "<":
        seen = text[at : at + 20].partition("<")[0]
        raise RefusedFile(ProblemCode.BROKEN_XML, f"text before the XML begins: {seen!r}", line)
    if len(text) - at > _LONGEST_ROOT_TAG:
        raise RefusedFile(ProblemCode.BROKEN_XML, "no valid root element", line)
    return None


def _wrong_root(name: str, encoding: str, content: bytes) -> RefusedFile:
    if encoding != "utf-8" and f"<{tags.ROOT}".encode() in content:
        text = f"the declaration says {encoding}, but the file is UTF-8"
        return RefusedFile(ProblemCode.BAD_ENCODING, text, 1)
    if encoding == "utf-8" and f"<{tags.ROOT}".encode("cp1251") in content:
        text = "the file is windows-1251, but its declaration does not say so"
        return RefusedFile(ProblemCode.BAD_ENCODING, text, 1)
    return RefusedFile(ProblemCode.NOT_COMMERCEML, f"the root is {name[:80]}, not CommerceML")
