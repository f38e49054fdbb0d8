"""A dry run's store: what a real run would have written lies in temporary tables.

Rows that would be new get negative ids. No catalogue row is written or locked.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from .changes import Changes
from .counters import Outcome
from .entities import PROPERTY_VALUES, VARIANTS, Entity, Key
from .rows import State, Values, Write
from .sql import lonely_defaults, state_columns, state_names
from .store import Store

# Ids of a dry run's default variants start below this: no other shadow row gets so far.
_DEFAULTS_BELOW = -(10**12)


class DryStore(Store):
    """A shadow of the catalogue on this connection."""

    survives_its_connection = False

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self._changes = changes
        self._ids = itertools.count(-1, -1)
        self._shadows: set[str] = set()
        # What new entries of dictionaries are called: their ids are nobody else's.
        self.new_values: dict[int, str] = {}

    def allocate(self, entity: Entity, count: int) -> list[int]:  # noqa: ARG002
        """Give negative ids: they can't meet a real one."""
        return list(itertools.islice(self._ids, count))

    def briefs(self, entity: Entity, owners: Collection[int]) -> dict[int, set[str]]:
        """Say nothing certain of owners whose rows this run would have touched."""
        shadow, owner = self._shadow(entity), entity.key[0]
        briefs = super().briefs(entity, owners)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT {owner} FROM {shadow} WHERE {owner} = ANY(%s)",  # noqa: S608
                [list(owners)],
            )
            return briefs | {row[0]: {""} for row in cursor}

    def insert(self, entity: Entity, rows: Sequence[Write]) -> None:
        """Remember the rows in the shadow, and list them."""
        self._remember(entity, rows)
        if entity is PROPERTY_VALUES:
            self.new_values |= {row.id: str(row.columns[0]) for row in rows}
        self._changes.created(entity, rows, self._variant_ids(entity, rows))

    def update(self, entity: Entity, rows: Sequence[Write]) -> None:
        """Remember the rows in the shadow, and list what would change."""
        self._remember(entity, rows)
        self.keep(entity, rows)
        self._changes.updated(entity, rows, self._variant_ids(entity, rows))

    def announce_hides(self, entity: Entity, ids: Collection[int]) -> None:
        """List the rows that would be switched off, whether the brake lets them or not."""
        self._changes.hidden(entity, ids)

    def announce_picture(self, onec_id: str, path: str, outcome: Outcome) -> None:
        """List a picture that would be new, or another one than before."""
        self._changes.picture(onec_id, path, outcome)

    def announce_fields(self, entity: Entity, fields: Mapping[str, dict[str, list[str]]]) -> None:
        """List what would change beside the rows' own columns."""
        self._changes.more_fields(entity, fields)

    def save_changes(self) -> None:
        """Write the list of this chunk."""
        self._changes.save()

    def forget_changes(self) -> None:
        """Drop the list of a chunk that was rolled back."""
        self._changes.forget()

    def apply_hides(self, entity: Entity, ids: Collection[int]) -> None:
        """Leave the catalogue alone."""

    def remove_absent(self, entity: Entity) -> int:
        """List rows that would be removed, and say how many."""
        self._changes.absent(entity, self.departures.unmentioned(entity))
        return self._count(entity, self.departures.unmentioned(entity))

    def zero_absent(self, entity: Entity, fingerprint: int) -> int:  # noqa: ARG002
        """List rows that would be set to zero, and say how many."""
        condition = f"quantity <> 0 AND {self.departures.unmentioned(entity)}"
        self._changes.absent(entity, condition)
        return self._count(entity, condition)

    def complete_variants(self, products: Entity, variants: Entity) -> None:
        """Do to the shadow what the real run does to the catalogue."""
        shadow, names = self._shadow(variants), ", ".join(state_names(variants))
        seen = self.relation(variants)
        self._execute(
            f"INSERT INTO {shadow} ({names}) SELECT "  # noqa: S608
            f"(SELECT least(coalesce(min(id), 0), {_DEFAULTS_BELOW}) FROM {shadow}) "
            "- row_number() OVER (), NULL, true, false, p.onec_id, p.id, true "
            f"FROM {self.relation(products)} AS p "
            f"WHERE NOT EXISTS (SELECT 1 FROM {seen} AS v WHERE v.product_id = p.id)"
        )
        self._execute(
            f"INSERT INTO {shadow} ({names}) "  # noqa: S608
            f"SELECT {names} FROM {_base(variants)} AS v WHERE v.is_default "
            "ON CONFLICT DO NOTHING"
        )
        self._execute(
            f"UPDATE {shadow} SET is_active = wanted.visible "  # noqa: S608
            f"FROM {lonely_defaults(seen)} AS wanted "
            f"WHERE {shadow}.id = wanted.id AND {shadow}.is_active <> wanted.visible",
            list(self.departures.pending(variants)),
        )

    def drop_at_end(self, table: str) -> None:
        """Have a temporary table dropped with the shadow."""
        self._shadows.add(table)

    def close(self) -> None:
        """Drop the shadow."""
        super().close()
        with connection.cursor() as cursor:
            for shadow in self._shadows:
                cursor.execute(f"DROP TABLE IF EXISTS {shadow}")
        self._shadows.clear()

    def _look_up(self, entity: Entity, wanted: list[Any] | None) -> dict[Key, State]:
        base = super()._look_up(entity, wanted)
        return base | self._select(entity, self._shadow(entity), wanted)

    def relation(self, entity: Entity) -> str:
        """SQL for the shadow, and below it the rows that it does not cover."""
        shadow = self._shadow(entity)
        return (
            f"(SELECT * FROM {shadow} UNION ALL SELECT * FROM {_base(entity)} AS base "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM {shadow} WHERE {shadow}.id = base.id))"
        )

    def _variant_ids(self, entity: Entity, rows: Sequence[Write]) -> dict[int, str]:
        """Give the 1C ids of the variants that prices or stock hang on."""
        if "variant_id" not in entity.key:
            return {}
        owners = [row.key[0] for row in rows if isinstance(row.key, tuple)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, onec_id FROM {self.relation(VARIANTS)} AS v WHERE id = ANY(%s)",  # noqa: S608
                [owners],
            )
            return dict(cursor.fetchall())

    def _remember(self, entity: Entity, rows: Sequence[Write]) -> None:
        shadow = self._shadow(entity)
        ids = [row.id for row in rows]
        self._execute(f"DELETE FROM {shadow} WHERE id = ANY(%s)", ids)  # noqa: S608
        self._copy(shadow, state_names(entity), map(_shadowed, rows))

    def _shadow(self, entity: Entity) -> str:
        name = f"dry_{entity.table}"
        if name not in self._shadows:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE TEMP TABLE IF NOT EXISTS {name} AS "  # noqa: S608
                    f"SELECT * FROM {_base(entity)} AS rows WITH NO DATA"
                )
                cursor.execute(f"CREATE UNIQUE INDEX ON {name} (id)")
                for lookup in (entity.key[0], *entity.lookups):
                    cursor.execute(f"CREATE INDEX ON {name} ({lookup})")
            self._shadows.add(name)
        return name

    def _count(self, entity: Entity, condition: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {entity.table} WHERE {condition}")  # noqa: S608
            count: int = cursor.fetchone()[0]
            return count


def _base(entity: Entity) -> str:
    return f"(SELECT {state_columns(entity)} FROM {entity.table})"  # noqa: S608


def _shadowed(row: Write) -> Values:
    key = row.key if isinstance(row.key, tuple) else (row.key,)
    return (row.id, row.fingerprint, row.is_active, row.hidden_by_staff, *key, *row.extra)
