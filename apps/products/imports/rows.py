"""What passes between the merge routine and a store."""

from dataclasses import dataclass
from typing import Any

from .entities import Key

Values = tuple[Any, ...]


@dataclass(slots=True)
class State:
    """A row as the database has it, or as this chunk has left it."""

    id: int
    fingerprint: int | None
    is_active: bool
    hidden_by_staff: bool
    extra: Values = ()


@dataclass(slots=True)
class Write:
    """A row to insert or to update. `columns` are the entity's owned (and initial) values."""

    id: int
    key: Key
    fingerprint: int
    is_active: bool
    columns: Values
    extra: Values = ()
    hidden_by_staff: bool = False
