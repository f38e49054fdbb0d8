"""The first rows of an order, out of many kinds of rows.

Whatever a filter asks of columns with few values, it asks for some kinds of rows. An index that
begins with the kind holds those of one kind in an order: each kind gives its first rows, and what
comes first among those comes first at all. Nothing is walked past, nothing sorted whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


@dataclass(frozen=True)
class Kinds:
    """Rows that a filter asks for, by their kind.

    `rows` are they and, perhaps, others of other kinds; `column` holds a row's kind, `numbers` are
    the kinds asked for. `fixed`: by the name of a column that is the same for all rows of a kind,
    its value for each of `numbers`.
    """

    rows: QuerySet[Any]
    column: str
    numbers: Sequence[int]
    fixed: Mapping[str, Sequence[Any]]

    @property
    def matching(self) -> QuerySet[Any]:
        """The rows themselves."""
        return self.rows.filter(**{f"{self.column}__in": self.numbers})

    def first(self, order: Sequence[str], stop: int) -> list[Any]:
        """Give the primary keys of the first `stop` rows, in order.

        Args:
            order: names of columns, with a "-" where it descends; the last is the primary key.
            stop: how many.
        """
        statement, values = self._statement(order, stop)
        with connections[self.rows.db].cursor() as cursor:
            cursor.execute(statement, values)
            return [key for (key,) in cursor.fetchall()]

    def _statement(self, order: Sequence[str], stop: int) -> tuple[str, list[Any]]:
        bare = [name.removeprefix("-") for name in order]
        known = [name for name in bare if name in self.fixed]
        # Within a kind they are no order, and no index of a kind holds them.
        open_order = [name for name in order if name.removeprefix("-") not in self.fixed]
        of_kind = self.rows.filter(**{self.column: RawSQL("kinds.kind", ())})
        of_kind = of_kind.order_by(*open_order).values_list(*(map(_bare, open_order)))[:stop]
        inner, inner_values = of_kind.query.sql_with_params()
        places = {name: f"kinds.k{at}" for at, name in enumerate(known)}
        places |= {_bare(name): f"firsts.f{at}" for at, name in enumerate(open_order)}
        sorting = [places[_bare(name)] + " DESC" * name.startswith("-") for name in order]
        unnested = ", ".join(["%s::smallint[]", *(self._array(name) for name in known)])
        statement = (
            f"SELECT {places[bare[-1]]} "  # noqa: S608  (names of our own, values apart)
            f"FROM unnest({unnested}) AS kinds({_names('kind', 'k', len(known))}) "
            f"CROSS JOIN LATERAL ({inner}) AS firsts({_names('', 'f', len(open_order))}) "
            f"ORDER BY {', '.join(sorting)} LIMIT %s"
        )
        arrays = [list(self.numbers), *(list(self.fixed[name]) for name in known)]
        return statement, [*arrays, *inner_values, stop]

    def _array(self, name: str) -> str:
        """Give the placeholder of a known column's values, which sort as the column does."""
        column = self.rows.model._meta.get_field(name)  # noqa: SLF001  (Django's documented API)
        return f"%s::{column.db_type(connections[self.rows.db])}[]"


def _bare(name: str) -> str:
    return name.removeprefix("-")


def _names(first: str, letter: str, number: int) -> str:
    return ", ".join([*filter(None, [first]), *(f"{letter}{at}" for at in range(number))])
