"""Which rows a run has met, and which it will hide when it ends.

A full package of a large shop mentions millions of rows: their ids wait on disk until the end of
the run, and come into the database only where what is absent is looked for.
"""

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from .entities import Entity
from .spool import Spool


@dataclass(frozen=True)
class Mark:
    """What was known at the beginning of a chunk."""

    pending: dict[str, frozenset[int]]
    met: dict[str, int]


class Departures:
    """Hides that wait, and the ids that full packages mention."""

    def __init__(self) -> None:
        self._pending: dict[str, set[int]] = {}
        self._met: dict[str, Spool] = {}
        self._loaded: set[str] = set()

    def pending(self, entity: Entity) -> set[int]:
        """Give the ids that 1C marked as deleted in this run and that did not come back."""
        return self._pending.setdefault(entity.name, set())

    def watch(self, entities: Iterable[Entity]) -> None:
        """Note from now on which rows of these entities are mentioned."""
        for entity in entities:
            self._met |= {_seen(entity): Spool(), _seen_owners(entity): Spool()}

    def watches(self, entity: Entity) -> bool:
        """Whether it is noted which rows of this entity are mentioned."""
        return _seen(entity) in self._met

    def mention(self, entity: Entity, ids: Collection[int]) -> None:
        """Note that the run has met these rows."""
        if spool := self._met.get(_seen(entity)):
            spool.add(ids)

    def mention_owners(self, entity: Entity, ids: Collection[int]) -> None:
        """Note that the run has met all rows of these owners."""
        if spool := self._met.get(_seen_owners(entity)):
            spool.add(ids)

    def unmentioned(self, entity: Entity) -> str:
        """SQL condition on the entity's table: the run has not met the row."""
        if not self.watches(entity):
            return "false"
        unmentioned = self._none_of(_seen(entity), f"{entity.table}.id")
        if entity.has_owner:
            owner = f"{entity.table}.{entity.key[0]}"
            unmentioned += f" AND {self._none_of(_seen_owners(entity), owner)}"
        return unmentioned

    def mark(self) -> Mark:
        """Note where a chunk begins."""
        return Mark(
            {name: frozenset(ids) for name, ids in self._pending.items()},
            {name: spool.mark() for name, spool in self._met.items()},
        )

    def go_back(self, mark: Mark) -> None:
        """Forget what a chunk that was rolled back has said; its tables went with it."""
        self._pending = {name: set(ids) for name, ids in mark.pending.items()}
        for name, place in mark.met.items():
            self._met[name].rewind(place)
        self._loaded.clear()

    def reconnected(self) -> None:
        """Hear that the connection, and the tables on it, are new."""
        self._loaded.clear()

    def close(self) -> None:
        """Drop files and temporary tables: the connection goes on to other work."""
        for spool in self._met.values():
            spool.close()
        self._met.clear()
        with connection.cursor() as cursor:
            while self._loaded:
                cursor.execute(f"DROP TABLE IF EXISTS {self._loaded.pop()}")

    def _none_of(self, table: str, row_id: str) -> str:
        self._load(table)
        return f"NOT EXISTS (SELECT 1 FROM {table} AS seen WHERE seen.id = {row_id})"  # noqa: S608

    def _load(self, table: str) -> None:
        """Bring the ids into a table of this connection, once all of them are known."""
        if table in self._loaded:
            return
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TEMP TABLE {table} (id bigint NOT NULL)")
            for ids in self._met[table].blocks():
                lines = io.StringIO("".join(f"{row_id}\n" for row_id in ids))
                cursor.copy_expert(f"COPY {table} (id) FROM STDIN", lines)
            cursor.execute(f"ANALYZE {table}")
        self._loaded.add(table)


def _seen(entity: Entity) -> str:
    return f"seen_{entity.name}"


def _seen_owners(entity: Entity) -> str:
    return f"seen_owners_of_{entity.name}"
