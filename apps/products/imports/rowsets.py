"""Rows that have no life of their own: a product's property values, its pictures.

They are replaced owner by owner, and for many owners at once: what stays is not touched.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model

from .copying import copy_rows
from .dry_store import DryStore
from .rows import Values

# Owner's id → its rows as (id, values).
Known = dict[int, list[tuple[int, Values]]]


@dataclass(frozen=True)
class RowSet:
    """A table of such rows: the column that names the owner, and those that hold the values."""

    model: type[Model]
    owner: str
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.model._meta.db_table  # noqa: SLF001  (Django's documented model API)


class RowSets:
    """Such rows in the catalogue."""

    def fetch(self, rowset: RowSet, owners: Collection[int]) -> Known:
        """Give the rows of these owners; one without rows is left out."""
        return _select(rowset, rowset.table, owners) if owners else {}

    def replace(self, rowset: RowSet, before: Known, after: Mapping[int, Sequence[Values]]) -> None:
        """Leave each owner in `after` with exactly these rows. `before` is what it has now."""
        gone, added = _difference(before, after)
        if gone:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {rowset.table} WHERE id = ANY(%s)",  # noqa: S608
                    [gone],
                )
        if added:
            copy_rows(rowset.table, (rowset.owner, *rowset.columns), added)


def _select(rowset: RowSet, relation: str, owners: Iterable[int]) -> Known:
    columns = ", ".join(("id", rowset.owner, *rowset.columns))
    rows: Known = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {relation} AS rows WHERE {rowset.owner} = ANY(%s) "  # noqa: S608
            "ORDER BY id",
            [list(owners)],
        )
        for row_id, owner, *values in cursor:
            rows.setdefault(owner, []).append((row_id, tuple(values)))
    return rows


def _difference(
    before: Known, after: Mapping[int, Sequence[Values]]
) -> tuple[list[int], list[Values]]:
    gone: list[int] = []
    added: list[Values] = []
    for owner, wanted in after.items():
        there = before.get(owner, [])
        kept = {values for _row_id, values in there}
        gone += [row_id for row_id, values in there if values not in wanted]
        added += [(owner, *values) for values in wanted if values not in kept]
    return gone, added


class DryRowSets(RowSets):
    """A dry run's shadow of such rows: it holds all rows of those owners that would change."""

    def __init__(self, store: DryStore) -> None:
        self._store = store
        self._shadows: set[str] = set()

    def fetch(self, rowset: RowSet, owners: Collection[int]) -> Known:
        """Give the rows of these owners as this run would have left them."""
        if not owners:
            return {}
        shadowed = _select(rowset, self._shadow(rowset), owners)
        untouched = [owner for owner in owners if owner > 0 and owner not in shadowed]
        # The first row of each owner says no more than that the run has been there.
        rows = {owner: there[1:] for owner, there in shadowed.items()}
        return rows | super().fetch(rowset, untouched)

    def replace(
        self,
        rowset: RowSet,
        before: Known,  # noqa: ARG002  (the shadow holds owners as a whole)
        after: Mapping[int, Sequence[Values]],
    ) -> None:
        """Remember the owners' rows."""
        shadow = self._shadow(rowset)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {shadow} WHERE {rowset.owner} = ANY(%s)",  # noqa: S608
                [list(after)],
            )
        nothing = (None,) * len(rowset.columns)
        rows = [
            (at, owner, *values)
            for owner, wanted in after.items()
            for at, values in enumerate([nothing, *wanted])
        ]
        copy_rows(shadow, ("id", rowset.owner, *rowset.columns), rows)

    def _shadow(self, rowset: RowSet) -> str:
        name = f"dry_{rowset.table}"
        if name not in self._shadows:
            columns = ", ".join(("id", rowset.owner, *rowset.columns))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE TEMP TABLE {name} AS "  # noqa: S608
                    f"SELECT {columns} FROM {rowset.table} WITH NO DATA"
                )
                cursor.execute(f"CREATE INDEX ON {name} ({rowset.owner})")
            self._shadows.add(name)
            self._store.drop_at_end(name)
        return name
