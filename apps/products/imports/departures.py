"""Which rows a run has met, and which it will hide when it ends.

A full package of a large shop mentions millions of rows: their ids wait on disk until the end of
the run, and come into the database only where what is absent is looked for.
"""

import io
from collections.abc import Iterable, Sequence
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
        self._met.update({entity.name: Spool() for entity in entities})

    def mention(self, entity: Entity, ids: Sequence[int]) -> None:
        """Note that the run has met these rows."""
        if spool := self._met.get(entity.name):
            spool.add(ids)

    def unmentioned(self, entity: Entity) -> str:
        """SQL condition on the entity's table: the run has not met the row."""
        if entity.name not in self._met:
            return "false"
        self._load(entity)
        return (
            f"NOT EXISTS (SELECT 1 FROM {_seen(entity)} AS seen "  # noqa: S608
            f"WHERE seen.id = {entity.table}.id)"
        )

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
        with connection.cursor() as cursor:
            for name in self._loaded:
                cursor.execute(f"DROP TABLE IF EXISTS seen_{name}")
        self._loaded.clear()
        for spool in self._met.values():
            spool.close()
        self._met.clear()

    def _load(self, entity: Entity) -> None:
        """Bring the ids into a table of this connection, once all of them are known."""
        if entity.name in self._loaded:
            return
        table = _seen(entity)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TEMP TABLE {table} (id bigint NOT NULL)")
            for ids in self._met[entity.name].blocks():
                lines = io.StringIO("".join(f"{row_id}\n" for row_id in ids))
                cursor.copy_expert(f"COPY {table} (id) FROM STDIN", lines)
            cursor.execute(f"ANALYZE {table}")
        self._loaded.add(entity.name)


def _seen(entity: Entity) -> str:
    return f"seen_{entity.name}"
