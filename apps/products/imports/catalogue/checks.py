"""Checks that all records share: an id, a name, and texts that fit their columns."""

from functools import cache
from typing import Protocol

from django.db.models import Model

from ...models.base import ONEC_ID_LENGTH
from ..context import Context
from ..entities import Entity


class Identified(Protocol):
    """A record with a 1C id and a line."""

    onec_id: str
    line: int


class Named(Identified, Protocol):
    """A record that also has a name and may be deleted."""

    name: str
    deleted: bool


def has_id(context: Context, entity: Entity, record: Identified) -> bool:
    """Whether the record's id can be stored; a record without one is rejected."""
    if not record.onec_id:
        context.reject(entity, "no_id", onec_id="", line=record.line)
        return False
    if len(record.onec_id) > ONEC_ID_LENGTH:
        context.reject(
            entity,
            "id_too_long",
            onec_id=record.onec_id,
            line=record.line,
            limit=ONEC_ID_LENGTH,
        )
        return False
    return True


def is_named(context: Context, entity: Entity, record: Named) -> bool:
    """Whether the record has an id and, unless it is deleted, a name; else it is rejected."""
    if not has_id(context, entity, record):
        return False
    if record.deleted or record.name:
        return True
    context.reject(entity, "no_name", onec_id=record.onec_id, line=record.line)
    return False


def fit(context: Context, entity: Entity, record: Identified, field: str, text: str) -> str:
    """Cut a text to its column's length, and say so: nothing is lost silently."""
    limit = longest(entity.model, field)
    if limit is None or len(text) <= limit:
        return text
    context.warn(
        entity,
        "text_too_long",
        onec_id=record.onec_id,
        line=record.line,
        field=field,
        length=len(text),
        limit=limit,
    )
    return text[:limit]


@cache
def longest(model: type[Model], field: str) -> int | None:
    """Give the length of the longest text that a column holds; None: any."""
    column = model._meta.get_field(field)  # noqa: SLF001  (Django's documented model API)
    return getattr(column, "max_length", None)
