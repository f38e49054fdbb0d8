"""CSV as the reader's spreadsheet opens it: one BOM, the locale's separator, no formulas."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

BOM = "\ufeff"
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# What an address calls them.
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}
# By language; where the decimal sign is a comma, Excel expects a semicolon.
BY_LANGUAGE = {"ru": "semicolon"}
# Lines sent at once: fewer writes, no less constant memory.
LINES = 500


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Give the text back."""
        return text


def usual_separator() -> str:
    """Give the name of the separator that the reader's language expects."""
    return BY_LANGUAGE.get((get_language() or "en").split("-")[0], "comma")


def lines(rows: Iterable[list[Any]], separator: str) -> Iterator[bytes]:
    """Give the file piece by piece; the first piece carries the BOM."""
    writer = csv.writer(_Echo(), delimiter=SEPARATORS[separator])
    piece = [BOM]
    for row in rows:
        piece.append(writer.writerow([cell(value) for value in row]))
        if len(piece) > LINES:
            yield "".join(piece).encode()
            piece = []
    yield "".join(piece).encode()


def cell(value: Any) -> Any:
    """Make one cell safe: text that a spreadsheet would run gets an apostrophe; numbers stay."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(DANGEROUS) else value
