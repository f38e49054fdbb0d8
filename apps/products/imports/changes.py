"""The list that a dry run leaves: which rows would be created, changed, hidden or removed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

from ..figures import ENTITIES
from ..models import ImportChange, ImportSession
from .counters import Outcome
from .entities import STOCKS, VARIANTS, Entity
from .rows import Values, Write

Action = ImportChange.Action
# What a listed row is called, where the entity has a column for it.
_NAME = "name"
IMAGES = "images"
_OF_PICTURES = {Outcome.CREATED: Action.CREATE, Outcome.UPDATED: Action.UPDATE}


class Changes:
    """Collects changes chunk by chunk; saved with the chunk's transaction or dropped with it."""

    def __init__(self, session: ImportSession) -> None:
        self._session = session
        self._pending: list[ImportChange] = []
        self._listed: Counter[str] = Counter()

    def created(
        self, entity: Entity, rows: Sequence[Write], variant_ids: Mapping[int, str]
    ) -> None:
        """List rows that would be new."""
        for row in self._room(entity, rows):
            self._add(
                entity.name, Action.CREATE, _onec_id(row.key, variant_ids), _name_of(entity, row)
            )

    def updated(
        self, entity: Entity, rows: Sequence[Write], variant_ids: Mapping[int, str]
    ) -> None:
        """List the columns that would change; a row that this run has just made stays "new"."""
        known = [row for row in self._room(entity, rows) if row.id > 0]
        columns = _compared(entity)
        before = _columns_of(entity, columns, [row.id for row in known])
        for row in known:
            after = (*row.columns[: len(entity.owned)], row.is_active)
            fields = _difference(columns, before.get(row.id, ()), after)
            onec_id = _onec_id(row.key, variant_ids)
            self._add(entity.name, Action.UPDATE, onec_id, _name_of(entity, row), fields)

    def hidden(self, entity: Entity, ids: Collection[int]) -> None:
        """List rows that would be switched off."""
        for onec_id, name in _names(entity, list(ids)):
            self._add(entity.name, Action.HIDE, onec_id, name)

    def absent(self, entity: Entity, condition: str) -> None:
        """List prices that would be removed, or stock that would become zero."""
        zeroed = entity is STOCKS
        for onec_id, quantity in _hanging_rows(entity, condition, ImportChange.LISTED):
            action = Action.UPDATE if zeroed else Action.REMOVE
            fields = {"quantity": [_plain(quantity), "0"]} if zeroed else {}
            self._add(entity.name, action, onec_id, fields=fields)

    def more_fields(self, entity: Entity, fields: Mapping[str, dict[str, list[str]]]) -> None:
        """Add to rows of this chunk, by their 1C id, what changes beside their own columns."""
        listed = {
            change.onec_id: change
            for change in self._pending
            if change.entity == entity.name and change.action == Action.UPDATE
        }
        for onec_id, more in fields.items():
            if change := listed.get(onec_id):
                change.fields |= more

    def picture(self, onec_id: str, path: str, outcome: Outcome) -> None:
        """List a picture of a product; one that stays as it is is no change."""
        if action := _OF_PICTURES.get(outcome):
            self._add(IMAGES, action, onec_id, path)

    def save(self) -> None:
        """Write what was collected since the last call."""
        ImportChange.objects.bulk_create(self._pending, batch_size=1000)
        self.forget()

    def forget(self) -> None:
        """Drop what was collected since the last save."""
        self._pending.clear()

    def _room(self, entity: Entity, rows: Sequence[Write]) -> Sequence[Write]:
        room = ImportChange.LISTED - self._listed[entity.name]
        return rows[: max(room, 0)] if entity.name in ENTITIES else []

    def _add(
        self,
        entity: str,
        action: Action,
        onec_id: str,
        name: str = "",
        fields: dict[str, list[str]] | None = None,
    ) -> None:
        if self._listed[entity] >= ImportChange.LISTED:
            return
        self._listed[entity] += 1
        self._pending.append(
            ImportChange(
                session=self._session,
                entity=entity,
                action=action,
                onec_id=onec_id[:255],
                name=name[:500],
                fields=fields or {},
            )
        )


def _onec_id(key: Any, variant_ids: Mapping[int, str]) -> str:
    return variant_ids.get(key[0], "") if isinstance(key, tuple) else str(key)


def _name_of(entity: Entity, row: Write) -> str:
    return str(row.columns[entity.owned.index(_NAME)]) if _NAME in entity.owned else ""


def _compared(entity: Entity) -> tuple[str, ...]:
    """Give the columns that an update writes: a hidden row that comes back is shown again."""
    return (*entity.owned, "is_active") if entity.hideable else entity.owned


def _difference(columns: Sequence[str], before: Values, after: Values) -> dict[str, list[str]]:
    pairs = zip(columns, before, after, strict=False)
    return {
        column: [_plain(old), _plain(new)]
        for column, old, new in pairs
        if _plain(old) != _plain(new)
    }


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _columns_of(entity: Entity, columns: Sequence[str], ids: list[int]) -> dict[int, Values]:
    model: type[Model] = entity.model
    rows = model._default_manager.filter(pk__in=ids).values_list("pk", *columns)  # noqa: SLF001
    return {row[0]: row[1:] for row in rows}


def _names(entity: Entity, ids: list[int]) -> Iterable[tuple[str, str]]:
    columns = ["onec_id", _NAME if _NAME in entity.owned else "onec_id"]
    model: type[Model] = entity.model
    rows = model._default_manager.filter(pk__in=ids).order_by("pk")  # noqa: SLF001
    return ((row[0] or "", row[1] or "") for row in rows.values_list(*columns))


def _hanging_rows(entity: Entity, condition: str, limit: int) -> list[tuple[str, Any]]:
    value = entity.owned[0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v.onec_id, {entity.table}.{value} FROM {entity.table} "  # noqa: S608
            f"JOIN {VARIANTS.table} AS v ON v.id = {entity.table}.variant_id "
            f"WHERE {condition} ORDER BY {entity.table}.id LIMIT %s",
            [limit],
        )
        rows: list[tuple[str, Any]] = cursor.fetchall()
        return rows
