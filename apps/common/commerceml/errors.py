"""What can be wrong with a 1C file, as exceptions and as codes for a report."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ProblemCode(StrEnum):
    """Why a file can't be read; the sentence for the reader is made from the code elsewhere."""

    NOT_COMMERCEML = "not_commerceml"
    BROKEN_XML = "broken_xml"
    DOCTYPE_REFUSED = "doctype_refused"
    BINARY_FILE = "binary_file"
    BAD_ENCODING = "bad_encoding"
    TOO_MANY_CHILDREN = "too_many_children"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not_a_file"
    EMPTY_FILE = "empty_file"
    TRUNCATED = "truncated"


@dataclass(slots=True, frozen=True)
class Problem:
    """One reason not to read a file: its code, an English explanation and the line (0: none)."""

    code: ProblemCode
    text: str
    line: int = 0


class CommerceMLError(Exception):
    """Base of everything this package raises on purpose."""


class BrokenFile(CommerceMLError):
    """The file can't be read, or not to its end; records before the fault were delivered."""

    def __init__(
        self, path: Path, line: int, reason: str, code: ProblemCode = ProblemCode.BROKEN_XML
    ) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason
        self.code = code


class RefusedFile(CommerceMLError):
    """The file must not be parsed; ``problem`` says why."""

    def __init__(self, code: ProblemCode, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.problem = Problem(code, text, line)


class BadValue(CommerceMLError, ValueError):
    """A text that should be a number, but is none."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a number")
        self.text = text
