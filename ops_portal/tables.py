"""Tables whose order is total, whose count is capped, and whose active cells live."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet
from django_tables2.data import TableQuerysetData
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, OrderBy

from .pages import Known, count_of, page_of

# Counting a million rows costs 50 ms and tells nobody anything.
COUNT_CAP = 10_000


class Rows(TableQuerysetData):  # type: ignore[misc]  # publishes no types
    """A queryset whose order ends with the primary key and whose count stops at `COUNT_CAP`.

    `known` is what the filters that made it know of its rows; None when there were none.
    """

    data: QuerySet[Any]
    capped = False
    known: Known | None = None
    _length: int | None = None

    def order_by(self, aliases: Any) -> None:
        """Sort, with the primary key in the direction of the last column: one index serves both."""
        super().order_by(aliases)
        given = list(self.data.query.order_by)
        tie_break = "-pk" if given and str(given[-1]).startswith("-") else "pk"
        self.data = self.data.order_by(*given, tie_break)

    def __getitem__(self, key: Any) -> Any:
        if not (isinstance(key, slice) and self.table.indexed and self.known and self._filtered):
            return super().__getitem__(key)
        stop = min(key.stop, len(self))
        return page_of(self.data, self.known, key.start, stop, many=self.capped)

    def __len__(self) -> int:
        if self._length is None:
            counted = self._counted(COUNT_CAP + 1)
            self.capped = counted > COUNT_CAP
            self._length = min(counted, COUNT_CAP)
        return self._length

    def _counted(self, most: int) -> int:
        if self.known and self._filtered:
            return count_of(self.known, most)
        return self.data.order_by()[:most].count()

    @property
    def _filtered(self) -> bool:
        return bool(self.data.query.where)


class OperationTable(tables.Table):  # type: ignore[misc]  # publishes no types
    """Base of the portal's tables.

    `live` names the columns that change while a run is active; the first one polls for all.
    `times` names those that hold a moment: a file's header names the zone.
    `numbers` are set to the right, `row_header` names the column that names the row.
    `file_titles` are headers of files where they differ (a unit); `exclude_from_export` of a
    column keeps it out of files. What a file holds of a column is made by the table's
    `value_<name>` of a record, or by its `values_<name>` of the model's fields that `value_fields`
    names, many rows at once. `optional` columns are shown when they are chosen.
    `indexed`: each column that sorts begins an index of the whole table, with the key behind it.
    """

    live: ClassVar[tuple[str, ...]] = ()
    times: ClassVar[frozenset[str]] = frozenset()
    numbers: ClassVar[frozenset[str]] = frozenset()
    row_header: ClassVar[str] = ""
    caption: ClassVar[Any] = ""
    file_titles: ClassVar[dict[str, Any]] = {}
    optional: ClassVar[frozenset[str]] = frozenset()
    indexed: ClassVar[bool] = False
    value_fields: ClassVar[dict[str, tuple[str, ...]]] = {}

    class Meta:
        template_name = "ops/_table.html"
        attrs: ClassVar[dict[str, str]] = {"class": "ops-table"}
        empty_text = ""

    def __init__(self, data: Any, *, state: str = "", **kwargs: Any) -> None:
        """Take rows or a queryset; `state` is the query of the listing, for links back to it."""
        super().__init__(Rows(data) if isinstance(data, QuerySet) else data, **kwargs)
        self.state = state
        self.show_only(self.usual())

    @classmethod
    def sortable(cls) -> set[str]:
        """Give the names by which the table may be sorted."""
        return {name for name, column in cls.base_columns.items() if column.orderable is not False}

    @classmethod
    def usual(cls) -> set[str]:
        """Give the columns that are shown unless others are chosen."""
        return set(cls.base_columns) - cls.optional

    def show_only(self, names: Collection[str]) -> None:
        """Hide all other columns; the rows may still be sorted by them."""
        for name in self.base_columns:
            if name in names:
                self.columns.show(name)
            else:
                self.columns.hide(name)

    def row_of(self, record: Any) -> BoundRow:
        """Give one record as a row of this table."""
        return BoundRow(record, table=self)

    def file_getters(self) -> list[Callable[[Any], Any]]:
        """Give, per column of a file, what takes the value out of a record.

        That is the table's `value_<name>` where it has one, else the bare value: what pages show
        (links, tags, relative times) is never written to files.
        """
        return [self._file_getter(column) for column in self.file_columns()]

    def file_columns(self) -> list[Any]:
        """Give the shown columns that belong into files."""
        return [column for column in self.columns if not column.column.exclude_from_export]

    def file_fields(self) -> list[str] | None:
        """Give the model's fields that a file needs, or None when it needs whole records.

        Plain tuples of a few fields come several times as fast as records.
        """
        known = {field.name for field in self._fields}
        fields = dict.fromkeys(chain.from_iterable(map(self._needed, self.file_columns())))
        own = any(hasattr(self, f"value_{column.name}") for column in self.file_columns())
        return None if own or not known.issuperset(fields) else list(fields)

    def file_makers(self) -> list[tuple[tuple[str, ...], Callable[..., Sequence[Any]]]]:
        """Give, per column of a file, the fields it needs and what makes values of theirs."""
        return [(self._needed(column), self._maker(column)) for column in self.file_columns()]

    def _needed(self, column: Any) -> tuple[str, ...]:
        return self.value_fields.get(column.name, (str(column.accessor),))

    def _maker(self, column: Any) -> Callable[..., Sequence[Any]]:
        if column.name in self.value_fields:
            own: Callable[..., Sequence[Any]] = getattr(self, f"values_{column.name}")
            return own
        words = self._words(str(column.accessor))
        if words:
            return lambda values: list(map(words.get, values, repeat("")))
        return lambda values: values

    def _file_getter(self, column: Any) -> Callable[[Any], Any]:
        own: Callable[[Any], Any] | None = getattr(self, f"value_{column.name}", None)
        if own is not None:
            return own
        if column.name in self.value_fields:
            make, names = self._maker(column), self._needed(column)
            return lambda record: make(*([getattr(record, name)] for name in names))[0]
        accessor = Accessor(column.accessor)
        words = self._words(str(accessor))
        if words:
            return lambda record: words.get(getattr(record, accessor), "")
        return (
            attrgetter(accessor)
            if accessor.isidentifier()
            else partial(accessor.resolve, quiet=True)
        )

    def _words(self, name: str) -> dict[Any, str]:
        """Give the words of a column with choices: looking each up in turn costs most of a file."""
        field = next((field for field in self._fields if field.name == name), None)
        choices: Sequence[tuple[Any, Any]] = field.flatchoices if field else ()
        return {value: str(word) for value, word in choices}

    @property
    def _fields(self) -> Sequence[Any]:
        fields: Sequence[Any] = self.data.model._meta.concrete_fields  # noqa: SLF001  (documented)
        return fields

    def live_cells(self, record: Any) -> list[tuple[str, Any]]:
        """Give the live columns that are shown with the record's cells."""
        shown = {column.name for column in self.columns}
        row = self.row_of(record)
        return [(name, row.get_cell(name)) for name in self.live if name in shown]

    def is_live(self, record: Any) -> bool:  # noqa: ARG002  (tables without live rows)
        """Whether the record's live cells may still change."""
        return False

    @property
    def live_shown(self) -> str:
        """Give the shown columns that may change, for the address that asks for them.

        Empty when the usual ones are shown: those are what it gives unasked.
        """
        shown = {column.name for column in self.columns}
        if shown == self.usual():
            return ""
        return ",".join(name for name in self.live if name in shown)

    @property
    def any_live(self) -> bool:
        """Whether a row of the page may still change."""
        return any(self.is_live(row.record) for row in self.paginated_rows)

    @property
    def total_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return bool(self.data.capped)


def sort_problem(table: type[OperationTable], sort: str) -> bool:
    """Whether `sort` names something that this table cannot be sorted by."""
    return OrderBy(sort).bare not in table.sortable()
