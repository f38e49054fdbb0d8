"""What a listing shows for the parameters of an address, and what is wrong with them.

All state is in the address. A filter that is unknown or cannot be read shows no rows at all: the
whole table in place of a narrower one would be a wrong answer. A page, a page size or an order
that does not exist is said and the default used: the rows are still right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from . import columns
from .columns import PAGE_SIZES, Remembered
from .filters import OperationFilterSet
from .tables import OperationTable, sort_problem

FORMATS = ("csv", "xlsx")
# What an address may say besides filters.
RESERVED = frozenset({"sort", "page", "per_page", "columns", "_export", "_separator"})
# What outlives another choice of filters.
KEPT = ("sort", "per_page", "columns", "list")
# What a file does not depend on.
OF_PAGES = ("page", "per_page", "columns")


@dataclass(frozen=True)
class Pill:
    """An active filter: what it says, and the query without it."""

    label: str
    value: str
    without: str


@dataclass
class Listing:
    """A table with its filters. `problems` emptied it, `notes` were mended by a default.

    `per_page` is the page size where the address names none.
    """

    table: OperationTable
    filterset: OperationFilterSet
    params: QueryDict
    per_page: int = PAGE_SIZES[0]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> QuerySet[Any]:
        """All rows that match, sorted, of all pages."""
        rows: QuerySet[Any] = self.table.data.data
        return rows

    @property
    def pills(self) -> list[Pill]:
        """Give the active filters, one pill per value."""
        return list(_pills(self.filterset, self.params))

    @property
    def query(self) -> str:
        """Give the whole state, as the query of an address."""
        return self.params.urlencode()

    @property
    def unfiltered(self) -> str:
        """Give the query without filters; order, columns and page size stay."""
        return _query(self.params, drop=set(self.params) - set(KEPT))

    @property
    def selection(self) -> str:
        """Give which rows in which order, as a query: what can be saved and taken away."""
        return _query(self.params, drop=set(OF_PAGES))

    @property
    def shown(self) -> str:
        """Give the shown columns, as an address names them."""
        return ",".join(column.name for column in self.table.columns)

    @property
    def file_columns(self) -> str:
        """Give the shown columns if a file must be told of them; empty when they are the usual."""
        return "" if set(self.shown.split(",")) == self.table.usual() else self.shown

    @property
    def shown_titles(self) -> str:
        """Give the headers of the shown columns."""
        return ", ".join(str(column.header) for column in self.table.columns)

    @property
    def selection_inputs(self) -> list[tuple[str, str]]:
        """Give `selection` as fields of a form."""
        names = [name for name in self.params if name not in {*OF_PAGES, "_separator", "_export"}]
        return [(name, value) for name in names for value in self.params.getlist(name)]

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """Give what a filter form must carry on: order, columns and page size."""
        return [(name, value) for name in KEPT for value in self.params.getlist(name)]

    @property
    def page_sizes(self) -> list[tuple[int, str]]:
        """Give the page sizes, each with the query that sets it."""
        return [(size, self.query_with(per_page=str(size), page="")) for size in PAGE_SIZES]

    @property
    def presets(self) -> list[tuple[Any, str]]:
        """Give the filter set's shortcuts with their queries."""
        shortcuts = self.filterset.presets()
        return [(label, self.query_with(**values, page="")) for label, values in shortcuts]

    def query_with(self, **values: str) -> str:
        """Give the state with `values` set, or dropped where they are empty."""
        return _query(self.params, drop=set(values), values=values)


def listing_for(
    request: HttpRequest,
    queryset: QuerySet[Any],
    table_class: type[OperationTable],
    filterset_class: type[OperationFilterSet],
    *,
    query: QueryDict | None = None,
    kept: Remembered | None = None,
    carried: frozenset[str] = frozenset(),
) -> Listing:
    """Read the address, or another `query`, and give its listing, unpaginated.

    `paginate` cuts out the page; an export takes `rows`. `kept` is what the visitor chose before,
    `carried` what the address may hold besides: the way back to another list.
    """
    params = _given(request.GET if query is None else query)
    kept = kept or Remembered()
    filterset = filterset_class(params, queryset=queryset, request=request)
    problems = [*_unknown(filterset, params, RESERVED | carried), *_invalid(filterset)]
    notes: list[str] = []
    table = table_class(
        queryset.none() if problems else filterset.qs,
        order_by=_sort(params, table_class, notes),
        order_by_field="sort",
        state=query_without(params, "page"),
    )
    table.data.known = None if problems else filterset
    table.show_only(columns.shown(params, table_class, kept.columns, notes))
    return Listing(table, filterset, params, kept.per_page, problems, notes)


def paginate(listing: Listing) -> None:
    """Cut the page that the address names out of the listing."""
    per_page = _number(listing, "per_page", listing.per_page)
    if per_page not in PAGE_SIZES:
        sizes = ", ".join(map(str, PAGE_SIZES))
        listing.notes.append(
            _("A page holds %(sizes)s rows, not %(asked)s.") % {"sizes": sizes, "asked": per_page}
        )
        per_page = listing.per_page
    pages = max(1, -(-len(listing.table.rows) // per_page))
    page = _number(listing, "page", 1)
    if not 1 <= page <= pages:
        listing.notes.append(
            _("There is no page %(page)s; the last is %(last)s.") % {"page": page, "last": pages}
        )
        page = min(max(page, 1), pages)
    listing.table.paginate(page=page, per_page=per_page)


def _given(params: QueryDict) -> QueryDict:
    """Leave out what is empty: a form sends all its fields, and an empty one asks for nothing."""
    given = QueryDict(mutable=True)
    for name, values in params.lists():
        kept = [value for value in values if value]
        if kept:
            given.setlist(name, kept)
    return given


def query_without(params: QueryDict, *names: str) -> str:
    """Give the query without some of its names."""
    return _query(params, drop=set(names))


def _number(listing: Listing, name: str, default: int) -> int:
    text = listing.params.get(name) or str(default)
    # int() reads 4,300 digits at most and takes spaces and underscores; a page number is short.
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 10:
        return int(text)
    listing.notes.append(
        _("“%(value)s” is not a number (%(name)s).") % {"value": text[:50], "name": name}
    )
    return default


def _sort(params: QueryDict, table: type[OperationTable], notes: list[str]) -> Sequence[str] | None:
    asked = [part for part in params.get("sort", "").split(",") if part]
    wrong = [part for part in asked if sort_problem(table, part)]
    if wrong:
        notes.append(_("The table cannot be sorted by “%(name)s”.") % {"name": wrong[0][:50]})
        return None
    return asked or None


def _unknown(filterset: OperationFilterSet, params: QueryDict, known: frozenset[str]) -> list[str]:
    unknown = sorted(set(params) - set(filterset.filters) - known)
    return [_("There is no filter “%(name)s”.") % {"name": name[:50]} for name in unknown]


def _invalid(filterset: OperationFilterSet) -> list[str]:
    form = filterset.form
    return [
        f"{form.fields[name].label}: {error}"
        for name, errors in form.errors.items()
        for error in errors
    ]


def _pills(filterset: OperationFilterSet, params: QueryDict) -> Iterable[Pill]:
    for name in filterset.filters:
        form_field = filterset.form.fields[name]
        words = {str(key): str(word) for key, word in getattr(form_field, "choices", ())}
        for value in filter(None, params.getlist(name)):
            without = _query(params, drop={"page"}, unset=(name, value))
            yield Pill(str(form_field.label), words.get(value, value), without)


def _query(
    params: QueryDict,
    *,
    drop: set[str],
    unset: tuple[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """Give the query without the names in `drop` and the pair `unset`, with `values` set."""
    changed = QueryDict(mutable=True)
    for name, given in params.lists():
        if name not in drop | {"_export", "_separator"}:
            kept = [value for value in given if (name, value) != unset]
            if kept:
                changed.setlist(name, kept)
    for name, value in (values or {}).items():
        if value:
            changed[name] = value
    return changed.urlencode()
