"""One page out of a million rows, whatever the filter and the order.

PostgreSQL plans a filtered, sorted and limited query as if the rows that match lay evenly in the
order. They do not: failed runs are short, old runs have low numbers, and a walk through "longest
first" to the first failed run passes nearly all others, row by row. So the plan is chosen here, by
what the filters know of their rows (`Known`) and what indexes there are:

- only kinds of rows are asked for: the first of each kind are looked up (`kinds`);
- an index holds the rows in order, or the order's own column is filtered: it is walked along;
- few rows match: take them all by the filter's index and sort them;
- else look among the first in the order. If they hold the page, it is exact, for what comes first
  among the first comes first at all. If not, take all that match and sort them.

Rows are read for the page alone: the rest is done with what the indexes hold.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Protocol

from django.db import connections, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Col, OrderBy
from django.db.models.functions import Coalesce
from django.db.models.lookups import Lookup

from .kinds import Kinds

# Sorting so many costs no more than looking among the first ones.
FEW = 10_000
# So many are looked at in the order for each row up to the page's end: they hold the page if one
# row in eight matches, or in forty.
LOOKS = (8, 40)
# So many values that come first in the order are looked up one by one.
VALUES = 3
# Comparisons that an index answers in the column's order.
_EXACT = frozenset({"exact"})
_RANGES = frozenset({"exact", "in", "gt", "gte", "lt", "lte"})


class Known(Protocol):
    """What filters know of the rows they leave; asked only when needed."""

    def kinds(self) -> Kinds | None:
        """Give the kinds of rows that are asked for, when nothing else is."""

    def ways(self) -> Sequence[QuerySet[Any]]:
        """Give querysets that hold the rows together, each with an index of its own."""

    def near(self) -> Q:
        """Give a condition on primary keys that all rows fulfil; empty when none is known."""


def count_of(known: Known, cap: int) -> int:
    """Give how many rows match, but stop counting at `cap`."""
    kinds = known.kinds()
    ways = [_to_count(way)[:cap] for way in ([kinds.matching] if kinds else known.ways())]
    counts = [_count(way) for way in ways]
    if len(ways) == 1 or max(counts) == cap:
        return max(counts)
    keys = [way.values("pk") for way in ways]
    return min(cap, _count(keys[0].union(*keys[1:])))


def page_of(rows: QuerySet[Any], known: Known, start: int, stop: int, *, many: bool) -> list[Any]:
    """Give the rows `start` to `stop` of a filtered queryset.

    Args:
        rows: sorted by columns that begin an index of their own, the primary key last.
        known: what the filters know of them.
        many: whether there are more than `FEW`.
        start: the first row of the page, from 0.
        stop: the row behind the last of the page; there are that many.
    """
    if stop <= start:
        return []
    order = [str(name) for name in rows.query.order_by]
    kinds = known.kinds()
    with by_index(rows.db):
        if kinds:
            keys = kinds.first(order, stop)[start:]
        else:
            keys = _by_ways(rows.order_by(*order), known, start, stop, many=many)
        by_key = rows.in_bulk(keys)
    # What has gone in between is left out.
    return [by_key[key] for key in keys if key in by_key]


@contextmanager
def by_index(using: str) -> Iterator[None]:
    """Have the server plan for rows in memory, which it takes for a spinning disk, and alone.

    Starting parallel workers takes longer than what they would do.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "SET LOCAL random_page_cost = 1.1; SET LOCAL enable_seqscan = off; "
            "SET LOCAL max_parallel_workers_per_gather = 0"
        )
        yield


def _to_count(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Give the rows in the order of the one column that is filtered, or else in none.

    Counting needs no order, and a sort could not be served by a filter's index. But of many rows of
    a range, PostgreSQL looks for the first in a smaller index, and passes all others.
    """
    ranged = _compared(rows, _RANGES)
    alone = len(ranged) == 1 and len(list(_leaves(rows))) == len(rows.query.where.children)
    return rows.order_by(*(ranged if alone else ()))


def _count(rows: QuerySet[Any]) -> int:
    with by_index(rows.db):
        return rows.count()


def _by_ways(rows: QuerySet[Any], known: Known, start: int, stop: int, *, many: bool) -> list[Any]:
    order = [str(name) for name in rows.query.order_by]
    ways = [way.order_by(*order) for way in known.ways()]
    if len(ways) == 1:
        return _first(ways[0], order, stop, known.near if many else None)[start:]
    each_many = [many and _count(way.order_by()[: FEW + 1]) > FEW for way in ways]
    firsts = [
        _first(way, order, stop, known.near if its_many else None)
        for way, its_many in zip(ways, each_many, strict=True)
    ]
    return _merged(rows, list(chain.from_iterable(firsts)), start, stop)


def _first(
    rows: QuerySet[Any], order: list[str], stop: int, near: Callable[[], Q] | None
) -> list[Any]:
    """Give the primary keys of the first `stop` rows, or of all if there are fewer.

    `near` is None where few rows match.
    """
    keys = rows.values_list("pk", flat=True)
    if _in_order(rows, order):
        return list(keys[:stop])
    if near is not None:
        for found in _looks(rows, order, near(), stop):
            if len(found) == stop:
                return found
    return list(keys.order_by(*map(_sorted_apart, order))[:stop])


def _merged(rows: QuerySet[Any], keys: list[Any], start: int, stop: int) -> list[Any]:
    """Give the keys of a page whose rows are among `keys`."""
    among = rows.filter(pk__in=keys).order_by(*map(_sorted_apart, map(str, rows.query.order_by)))
    return list(among.values_list("pk", flat=True)[start:stop])


def _looks(rows: QuerySet[Any], order: list[str], near: Q, stop: int) -> Iterator[list[Any]]:
    """Give what of the page is among the first rows of the order, and among more of them."""
    if near:
        yield _by_value(rows, order, near, stop)
    keys = rows.values_list("pk", flat=True)
    in_order = _all_of(rows).filter(near).order_by(*order).values("pk")
    for per_row in LOOKS:
        yield list(keys.filter(pk__in=in_order[: per_row * stop])[:stop])


def _by_value(rows: QuerySet[Any], order: list[str], near: Q, stop: int) -> list[Any]:
    """Give the first keys as far as they have the first values of the order's columns.

    Thousands of rows share a value, and only those with the keys that are `near` are wanted: an
    index finds both together, but one walk through all values would pass all other keys.
    """
    among = rows.filter(near).values_list("pk", flat=True)
    columns = [name for name in order if _bare(name) not in {"pk", _key_of(rows)}]
    if not columns:
        return list(among[:stop])
    found: list[Any] = []
    for values in _first_values(rows, columns):
        shared = dict(zip(map(_bare, columns), values, strict=True))
        more = among.filter(**shared).order_by(order[-1])[: stop - len(found)]
        found += more
        if not more or len(found) == stop:
            break
    return found


def _first_values(rows: QuerySet[Any], columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Give the values of `columns` that come first in their order: of several only the very first.

    NULL equals nothing, so it ends them.
    """
    others = _all_of(rows).order_by(*columns).values_list(*map(_bare, columns))
    beyond = f"{_bare(columns[0])}__{'lt' if columns[0].startswith('-') else 'gt'}"
    for _ in range(VALUES if len(columns) == 1 else 1):
        values = others.first()
        if values is None or None in values:
            return
        yield values
        others = others.filter(**{beyond: values[0]})


def _all_of(rows: QuerySet[Any]) -> QuerySet[Any]:
    everything: QuerySet[Any] = rows.model._default_manager.all()  # noqa: SLF001  (documented)
    return everything


def _key_of(rows: QuerySet[Any]) -> str:
    key: str = rows.model._meta.pk.name  # noqa: SLF001  (Django's documented API)
    return key


def _bare(name: str) -> str:
    return name.removeprefix("-")


def _sorted_apart(name: str) -> OrderBy:
    """Give the same order by an expression that no index has, so that none is walked along."""
    column = F(_bare(name))
    return OrderBy(Coalesce(column, column), descending=name.startswith("-"))


def _in_order(rows: QuerySet[Any], order: list[str]) -> bool:
    """Whether an index holds just these rows in this order, or as a part of its order."""
    named = [_key_of(rows) if name == "pk" else name for name in map(_bare, order)]
    wanted = list(dict.fromkeys(named))
    compared = _compared(rows, _EXACT)
    indexes = rows.model._meta.indexes  # noqa: SLF001  (Django's documented API)
    return wanted[0] in _compared(rows, _RANGES) or any(
        index.fields[0] in compared and index.fields[1:] == wanted
        for index in indexes
        if index.fields
    )


def _leaves(rows: QuerySet[Any]) -> Iterator[Any]:
    """Give the comparisons of columns that all rows fulfil."""
    for child in rows.query.where.children:
        if isinstance(child, Lookup) and isinstance(child.lhs, Col):
            yield child


def _compared(rows: QuerySet[Any], comparisons: frozenset[str]) -> set[str]:
    """Give the columns that are compared so."""
    return {leaf.lhs.target.name for leaf in _leaves(rows) if leaf.lookup_name in comparisons}
