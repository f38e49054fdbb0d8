"""Rows of a listing as plain values, one at a time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ..tables import OperationTable

# Rows fetched at once from the server-side cursor.
BATCH = 2_000


def headers(table: OperationTable) -> list[str]:
    """Give the columns' names; those that hold times name the zone."""
    return [_header(table, column) for column in table.file_columns()]


def values(table: OperationTable, rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Give each row's values; the cursor stays on the server, so memory does not grow."""
    getters = table.file_getters()
    words = {True: _("yes"), False: _("no")}
    zone = timezone.get_current_timezone()
    fields = table.file_fields()
    records = rows if fields is None else rows.values_list(*fields, named=True)
    for record in records.iterator(chunk_size=BATCH):
        yield [plain(getter(record), words, zone) for getter in getters]


def plain(value: Any, words: Mapping[bool, str], zone: tzinfo) -> Any:
    """Turn a value into text, a number or a local time without zone; None into ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words[value]
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return value if isinstance(value, int | float) else str(value)


def _header(table: OperationTable, column: Any) -> str:
    title = str(table.file_titles.get(column.name, column.header))
    if column.name not in table.times:
        return title
    return f"{title} ({timezone.get_current_timezone_name()})"
