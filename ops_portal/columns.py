"""Which columns a table shows and how many rows a page holds: asked for, remembered, or usual."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict
from django.utils.translation import gettext as _

from .models import ListView
from .tables import OperationTable

PAGE_SIZES = (25, 50, 100, 200)
ALL = "all"


@dataclass(frozen=True)
class Remembered:
    """What holds where an address names neither columns nor a page size."""

    columns: tuple[str, ...] = ()
    per_page: int = PAGE_SIZES[0]


@dataclass(frozen=True)
class Choice:
    """One column in the chooser. `fixed` ones name the row and are always shown on pages."""

    name: str
    title: Any
    shown: bool
    fixed: bool


def remembered(user: AbstractBaseUser, operation: str, table: type[OperationTable]) -> Remembered:
    """Give what a user chose last; a column that is no more is forgotten."""
    found = ListView.objects.filter(user_id=user.pk, operation=operation).first()
    if found is None:
        return Remembered()
    columns = tuple(name for name in found.columns if name in table.base_columns)
    per_page = found.per_page if found.per_page in PAGE_SIZES else PAGE_SIZES[0]
    return Remembered(columns, per_page)


def remember(user: AbstractBaseUser, operation: str, **values: Any) -> None:
    """Keep a user's choice of `columns`, `per_page`, or both."""
    ListView.objects.update_or_create(user_id=user.pk, operation=operation, defaults=values)


def shown(
    params: QueryDict, table: type[OperationTable], kept: Collection[str], notes: list[str]
) -> set[str]:
    """Give the columns to show: the address's, else those kept, else the usual ones."""
    asked = list(_named(params.getlist("columns")))
    if ALL in asked:
        return set(table.base_columns)
    wrong = sorted(set(asked) - set(table.base_columns))
    if wrong:
        notes.append(_("There is no column “%(name)s”.") % {"name": wrong[0][:50]})
        asked = []
    return set(asked or kept) or table.usual()


def choices(table: OperationTable) -> list[Choice]:
    """Give all columns of a table, each with whether it is shown."""
    names = {column.name for column in table.columns}
    return [
        Choice(column.name, column.header, column.name in names, column.name == table.row_header)
        for column in table.columns.iterall()
    ]


def chosen(asked: Iterable[str], table: type[OperationTable]) -> list[str]:
    """Give what a form asks for, in the table's order, with the column that names the row.

    Empty when that is all: naming no column but the fixed one asks for the usual ones.
    """
    named = set(_named(asked)) - {table.row_header}
    columns = [name for name in table.base_columns if name in named or name == table.row_header]
    return columns if len(columns) > 1 else []


def _named(values: Iterable[str]) -> Iterable[str]:
    return (part for text in values for part in text.split(",") if part)
