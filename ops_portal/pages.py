"""One page out of a million rows, whatever the filter and the order.

PostgreSQL plans a filtered, sorted and limited query as if the rows that match lay evenly in the
order. They do not: failed runs are short, old runs have low numbers, and a walk through "longest
first" to the first failed run passes nearly all others, row by row. So the plan is chosen here:

- few rows match: take them all by the filter's index and sort them;
- the order's own column is filtered: its index holds them in order;
- else look among the first in the order. If they hold the page, it is exact, for what comes first
  among the first comes first at all. If not, take all that match and sort them.

Rows are read for the page alone: the rest is done with what the indexes hold.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connections, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Col, OrderBy
from django.db.models.functions import Coalesce
from django.db.models.lookups import Lookup
from django.db.models.sql.where import WhereNode

# Sorting so many costs no more than looking among the first ones.
FEW = 10_000
# So many are looked at in the order for each row up to the page's end: they hold the page if one
# row in eight matches, or in forty.
LOOKS = (8, 40)
# Comparisons that an index answers in the column's order.
_RANGES = frozenset({"exact", "in", "gt", "gte", "lt", "lte"})


class Near(Protocol):
    """Gives a condition on primary keys that all matching rows fulfil; asked only when needed."""

    def __call__(self) -> Q:
        """Give the condition; an empty one when nothing is known."""


def page_of(rows: QuerySet[Any], start: int, stop: int, *, matching: int, near: Near) -> list[Any]:
    """Give the rows `start` to `stop` of a sorted queryset.

    Args:
        rows: filtered, and sorted by columns that begin an index of their own.
        start: the first row of the page, from 0.
        stop: the row behind the last of the page; there are that many.
        matching: how many rows match, at least.
        near: see `Near`.
    """
    order = [str(name) for name in rows.query.order_by]
    with by_index(rows.db):
        if matching > FEW:
            if order[0].removeprefix("-") in _ranged(rows.query.where):
                return list(rows[start:stop])
            for found in _looks(rows, start, stop, near()):
                if len(found) == stop - start:
                    return found
        sorted_apart = rows.order_by(*map(_sorted_apart, order))
        keys = list(sorted_apart.values_list("pk", flat=True)[start:stop])
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


def _looks(rows: QuerySet[Any], start: int, stop: int, near: Q) -> Iterator[list[Any]]:
    """Give what of the page is among the first rows of the order, and among more of them."""
    everything: QuerySet[Any] = rows.model._default_manager.filter(near)  # noqa: SLF001  (documented)
    in_order = everything.order_by(*rows.query.order_by).values("pk")
    for per_row in LOOKS:
        yield list(rows.filter(pk__in=in_order[: per_row * stop])[start:stop])


def _sorted_apart(name: str) -> OrderBy:
    """Give the same order by an expression that no index has, so that none is walked along."""
    column = F(name.removeprefix("-"))
    return OrderBy(Coalesce(column, column), descending=name.startswith("-"))


def _ranged(where: WhereNode) -> set[str]:
    """Give the columns that all of `where` narrows to a range."""
    leaves = [child for child in where.children if isinstance(child, Lookup)]
    return {
        leaf.lhs.target.name
        for leaf in leaves
        if leaf.lookup_name in _RANGES and isinstance(leaf.lhs, Col)
    }
