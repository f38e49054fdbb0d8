"""Where the merge routine reads and writes: the catalogue itself.

A dry run uses `DryStore` in its place, which gives the same answers to the same questions.
Statements are written by hand because COPY and temporary tables are: names come from the models,
never from input.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from .copying import copy_rows
from .counters import Outcome
from .departures import Departures
from .entities import Entity, Key
from .rows import State, Values, Write
from .sql import (
    hidden,
    id_array,
    lonely_defaults,
    state_columns,
    state_of,
    state_of_pair,
    text_array,
)

# Small chunks share a look at the sequence; what a run does not use stays a gap.
_IDS_AT_ONCE = 1000


class Store:
    """The catalogue."""

    # Whether a run can go on with a new connection: a shadow in temporary tables goes with its own.
    survives_its_connection = True

    def __init__(self) -> None:
        self.departures = Departures()
        self._reserved: dict[str, list[int]] = {}

    def fetch(self, entity: Entity, keys: Iterable[Key]) -> dict[Key, State]:
        """Give the state of those rows that exist. Pairs are looked up by their first part."""
        wanted = list({key[0] if isinstance(key, tuple) else key for key in keys})
        return self._as_left(entity, self._look_up(entity, wanted)) if wanted else {}

    def fetch_all(self, entity: Entity) -> dict[Key, State]:
        """Give every row's state: for small tables only."""
        return self._as_left(entity, self._look_up(entity, None))

    def briefs(self, entity: Entity, owners: Collection[int]) -> dict[int, set[str]]:
        """Give what the rows of these owners say, each as second key and owned values in a text.

        An owner without rows is left out; a row without a fingerprint says nothing. Between rows
        stands a character that no text from XML holds.
        """
        owner, *rest = entity.key + entity.owned
        said = " || ':' || ".join(rest)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {owner}, string_agg("  # noqa: S608
                f"CASE WHEN fingerprint IS NULL THEN '' ELSE {said} END, E'\\x1f') "
                f"FROM {entity.table} WHERE {owner} = ANY(%s::bigint[]) GROUP BY 1",
                [id_array(owners)],
            )
            return {row_id: set(text.split("\x1f")) for row_id, text in cursor}

    def allocate(self, entity: Entity, count: int) -> list[int]:
        """Reserve ids, so that rows that refer to new rows can be made before those exist."""
        reserved = self._reserved.get(entity.name, [])
        if len(reserved) < count:
            reserved = reserved + self._reserve(entity, max(count, _IDS_AT_ONCE))
        self._reserved[entity.name] = reserved[count:]
        return reserved[:count]

    def _reserve(self, entity: Entity, count: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                # Looking the sequence up costs more than its next number: once is enough.
                "WITH sequence AS MATERIALIZED "
                "(SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name) "
                "SELECT nextval(name) FROM sequence, generate_series(1, %s)",
                [entity.table, count],
            )
            return [row[0] for row in cursor.fetchall()]

    def insert(self, entity: Entity, rows: Sequence[Write]) -> None:
        """Add new rows by COPY."""
        columns = ["id", *entity.key, "fingerprint", *entity.owned, *entity.initial]
        if entity.hideable:
            columns.append("is_active")
        self._copy(entity.table, columns, (_inserted(entity, row) for row in rows))

    def update(self, entity: Entity, rows: Sequence[Write]) -> None:
        """Overwrite the owned columns of existing rows; a row that was to be hidden stays."""
        columns = ["id", *_adopted_key(entity), "fingerprint", *entity.owned]
        if entity.hideable:
            columns.append("is_active")
        assignments = ", ".join(f"{name} = new.{name}" for name in columns[1:])
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE merge_rows ON COMMIT DROP AS "  # noqa: S608
                f"SELECT {', '.join(columns)} FROM {entity.table} WITH NO DATA"
            )
            self._copy("merge_rows", columns, (_updated(entity, row) for row in rows))
            cursor.execute(
                f"UPDATE {entity.table} SET {assignments}, {entity.touched} = now() "  # noqa: S608
                f"FROM merge_rows AS new WHERE {entity.table}.id = new.id"
            )
            cursor.execute("DROP TABLE merge_rows")
        self.keep(entity, rows)

    def hide(self, entity: Entity, ids: Collection[int]) -> None:
        """Ask for rows to be switched off when the run ends (`apply_hides`)."""
        self.departures.pending(entity).update(ids)

    def keep(self, entity: Entity, rows: Sequence[Write]) -> None:
        """Withdraw the wish to hide rows that came back."""
        if pending := self.departures.pending(entity):
            pending.difference_update(row.id for row in rows)

    def announce_hides(self, entity: Entity, ids: Collection[int]) -> None:
        """Hear what is about to be hidden: only a dry run lists it."""

    def announce_picture(self, onec_id: str, path: str, outcome: Outcome) -> None:
        """Hear what becomes of a product's picture: only a dry run lists it."""

    def announce_fields(self, entity: Entity, fields: Mapping[str, dict[str, list[str]]]) -> None:
        """Hear what changes beside the rows' own columns, by 1C id: only a dry run lists it."""

    def save_changes(self) -> None:
        """Save what a dry run would change, with the chunk."""

    def forget_changes(self) -> None:
        """Forget what a dry run would change: its chunk was rolled back."""

    def apply_hides(self, entity: Entity, ids: Collection[int]) -> None:
        """Switch rows off."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {entity.table} SET {hidden(entity)}, "  # noqa: S608
                f"{entity.touched} = now() WHERE id = ANY(%s) AND is_active",
                [list(ids)],
            )

    def absent(self, entity: Entity) -> list[int]:
        """Give the visible rows of 1C that the run has not met."""
        unless_default = " AND NOT is_default" if "is_default" in entity.owned else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {entity.table} WHERE is_active "  # noqa: S608
                f"AND {entity.key[0]} IS NOT NULL{unless_default} "
                f"AND {self.departures.unmentioned(entity)}"
            )
            return [row[0] for row in cursor.fetchall()]

    def remove_absent(self, entity: Entity) -> int:
        """Remove the rows that the run has not met, and say how many."""
        unmentioned = self.departures.unmentioned(entity)
        return self._execute(f"DELETE FROM {entity.table} WHERE {unmentioned}")  # noqa: S608

    def zero_absent(self, entity: Entity, fingerprint: int) -> int:
        """Set the quantity of rows that the run has not met to zero, and say how many."""
        return self._execute(
            f"UPDATE {entity.table} SET quantity = 0, fingerprint = %s, updated_at = now() "  # noqa: S608
            f"WHERE quantity <> 0 AND {self.departures.unmentioned(entity)}",
            fingerprint,
        )

    def complete_variants(self, products: Entity, variants: Entity) -> None:
        """Add missing default variants, and show exactly those that stand alone."""
        table = variants.table
        self._execute(
            f"INSERT INTO {table} (onec_id, product_id, name, article, barcode, "  # noqa: S608
            "characteristics, is_default, is_active) "
            f"SELECT p.onec_id, p.id, '', '', '', '{{}}', true, true FROM {products.table} AS p "
            f"WHERE NOT EXISTS (SELECT 1 FROM {table} AS v WHERE v.product_id = p.id)"
        )
        self._execute(
            f"UPDATE {table} SET is_active = wanted.visible, updated_at = now() "  # noqa: S608
            f"FROM {lonely_defaults(table)} AS wanted "
            f"WHERE {table}.id = wanted.id AND {table}.is_active <> wanted.visible",
            list(self.departures.pending(variants)),
        )

    def relation(self, entity: Entity) -> str:
        """SQL for the states of all rows as this run sees them, but for hides that wait."""
        return f"(SELECT {state_columns(entity)} FROM {entity.table})"  # noqa: S608

    def reconnected(self) -> None:
        """Hear that the connection is a new one."""
        self.departures.reconnected()

    def close(self) -> None:
        """Leave the connection as it was."""
        self.departures.close()

    def _look_up(self, entity: Entity, wanted: list[Any] | None) -> dict[Key, State]:
        return self._select(entity, entity.table, wanted)

    def _as_left(self, entity: Entity, states: dict[Key, State]) -> dict[Key, State]:
        """Show rows that wait to be hidden as hidden."""
        if pending := self.departures.pending(entity):
            for state in states.values():
                if state.id in pending:
                    state.is_active, state.fingerprint = False, None
        return states

    def _select(self, entity: Entity, relation: str, wanted: list[Any] | None) -> dict[Key, State]:
        where, keys = "", None
        if wanted is not None:
            array = "bigint[]" if entity.has_owner else "text[]"
            where = f" WHERE {entity.key[0]} = ANY(%s::{array})"
            keys = [id_array(wanted) if entity.has_owner else text_array(wanted)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {state_columns(entity)} FROM {relation} AS rows{where}",  # noqa: S608
                keys,
            )
            return dict(map(state_of_pair if entity.has_owner else state_of, cursor))

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        copy_rows(table, columns, rows)

    def _execute(self, statement: str, *parameters: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            count: int = cursor.rowcount
            return count


def _adopted_key(entity: Entity) -> tuple[str, ...]:
    return entity.key if entity.adoptable else ()


def _inserted(entity: Entity, row: Write) -> Values:
    key = row.key if isinstance(row.key, tuple) else (row.key,)
    active = (row.is_active,) if entity.hideable else ()
    return (row.id, *key, row.fingerprint, *row.columns, *active)


def _updated(entity: Entity, row: Write) -> Values:
    active = (row.is_active,) if entity.hideable else ()
    key = (row.key,) if entity.adoptable else ()
    return (row.id, *key, row.fingerprint, *row.columns[: len(entity.owned)], *active)
