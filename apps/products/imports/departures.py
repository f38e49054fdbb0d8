"""Which rows a run has met, and which it will hide when it ends.

Ids that were met lie in temporary tables: a full package of a large shop has millions of them, and
memory stays flat. They live as long as the connection, and roll back with the chunk.
"""

import io
from collections.abc import Iterable, Sequence

from django.db import connection

from .entities import Entity


class Departures:
    """Hides that wait, and the ids that full packages mention."""

    def __init__(self) -> None:
        self._pending: dict[str, set[int]] = {}
        self._watched: set[str] = set()

    def pending(self, entity: Entity) -> set[int]:
        """Give the ids that 1C marked as deleted in this run and that did not come back."""
        return self._pending.setdefault(entity.name, set())

    def watch(self, entities: Iterable[Entity]) -> None:
        """Note from now on which rows of these entities are mentioned."""
        with connection.cursor() as cursor:
            for entity in entities:
                cursor.execute(f"DROP TABLE IF EXISTS {_seen(entity)}")
                cursor.execute(f"CREATE TEMP TABLE {_seen(entity)} (id bigint NOT NULL)")
                self._watched.add(entity.name)

    def mention(self, entity: Entity, ids: Sequence[int]) -> None:
        """Note that the run has met these rows."""
        if entity.name in self._watched and ids:
            lines = io.StringIO("".join(f"{row_id}\n" for row_id in ids))
            with connection.cursor() as cursor:
                cursor.copy_expert(f"COPY {_seen(entity)} (id) FROM STDIN", lines)

    def unmentioned(self, entity: Entity) -> str:
        """SQL condition on the entity's table: the run has not met the row."""
        if entity.name not in self._watched:
            return "false"
        return (
            f"NOT EXISTS (SELECT 1 FROM {_seen(entity)} AS seen "  # noqa: S608
            f"WHERE seen.id = {entity.table}.id)"
        )

    def close(self) -> None:
        """Drop the temporary tables: the connection goes on to other work."""
        with connection.cursor() as cursor:
            for name in self._watched:
                cursor.execute(f"DROP TABLE IF EXISTS seen_{name}")
        self._watched.clear()


def _seen(entity: Entity) -> str:
    return f"seen_{entity.name}"
