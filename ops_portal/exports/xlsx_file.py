"""XLSX in constant memory: rows go to a temporary file as they come."""

import itertools
import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .rows import Column

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# With the header. A workbook is written before its first byte can be sent: more rows than this
# take longer than a browser and a web server wait. CSV has no such limit.
MOST_ROWS = 100_001
LONGEST_TEXT = 32_767
TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"


class TooManyRows(Exception):
    """The list does not fit on a sheet."""

    def __init__(self) -> None:
        super().__init__(limit())


def limit() -> str:
    """Say how many rows a workbook may have."""
    return _("XLSX holds %(most)s rows at most here. Narrow the filters, or take CSV.") % {
        "most": number_format(MOST_ROWS - 1, force_grouping=True)
    }


def fits(rows: int) -> bool:
    """Whether so many rows may become a workbook."""
    return rows < MOST_ROWS


def workbook(batches: Iterable[list[Column]]) -> IO[bytes]:
    """Write a workbook and give it as an open temporary file, at its start.

    Raises:
        TooManyRows: there are more than `MOST_ROWS` rows.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415  (most never need it)

    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            _fill(book, batches)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(book: Any, batches: Iterable[list[Column]]) -> None:
    sheet = book.add_worksheet()
    time_format = book.add_format({"num_format": TIME_FORMAT})
    rows = itertools.chain.from_iterable(zip(*columns, strict=True) for columns in batches)
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise TooManyRows
        for column, value in enumerate(row):
            _write(sheet, number, column, value, time_format)


def _write(sheet: Any, row: int, column: int, value: Any, time_format: Any) -> None:
    """Write one cell by its type; text stays text, so that "=…" is no formula."""
    if isinstance(value, datetime):
        # A sheet knows no zones; its header names this one.
        moment = value.replace(tzinfo=None, microsecond=0)
        sheet.write_datetime(row, column, moment, time_format)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_TEXT])
    elif value is not None:
        sheet.write_number(row, column, value)
