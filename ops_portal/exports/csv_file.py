"""CSV as the reader's spreadsheet opens it: one BOM, the locale's separator, no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language

from .rows import Column

# As in 2026-01-31 23:59:59.
_MOMENT = 19
BOM = "\ufeff"
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
FRACTIONS = frozenset({float, Decimal})
# What an address calls them.
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}
# By language. Where the decimal sign is a comma, Excel expects a semicolon between cells, and takes
# a number with a point for text or a date.
BY_LANGUAGE = {"ru": "semicolon"}


def usual_separator() -> str:
    """Give the name of the separator that the reader's language expects."""
    return BY_LANGUAGE.get((get_language() or "en").split("-")[0], "comma")


def lines(batches: Iterable[list[Column]], separator: str) -> Iterator[bytes]:
    """Give the file batch by batch; the first piece carries the BOM."""
    piece = io.StringIO(BOM)
    piece.seek(0, io.SEEK_END)
    writer = csv.writer(piece, delimiter=SEPARATORS[separator])
    comma = separator == "semicolon"
    for columns in batches:
        writer.writerows(zip(*(cells(column, comma=comma) for column in columns), strict=True))
        yield piece.getvalue().encode()
        piece.seek(0)
        piece.truncate()


def cells(column: Column, *, comma: bool = False) -> Column:
    """Give a column as it is written: safe texts, times without zone, fractions with their sign.

    Text that a spreadsheet would run gets an apostrophe; numbers stay numbers.
    """
    kinds = set(map(type, column))
    if datetime in kinds:
        return [value and value.isoformat(" ", "seconds")[:_MOMENT] for value in column]
    if comma and not FRACTIONS.isdisjoint(kinds):
        column = [
            str(value).replace(".", ",") if type(value) in FRACTIONS else value for value in column
        ]
    return _safe(column) if str in kinds else column


def _with_comma(value: float | Decimal) -> str:
    return str(value).replace(".", ",")


def _safe(column: Column) -> Column:
    unsafe = {
        value for value in set(column) if isinstance(value, str) and value.startswith(DANGEROUS)
    }
    return [f"'{value}" if value in unsafe else value for value in column] if unsafe else column
