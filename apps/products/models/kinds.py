"""Kinds of sessions: one number for all that has few values.

Type, status, trigger, dry run, issues and a rough length together tell some hundred kinds of
sessions apart. An index that begins with the kind holds each kind's sessions in an order; the first
of many kinds are found by one look per kind, however the order hangs together with what is asked
(ops_portal/kinds.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db.models import Case, GeneratedField, Q, SmallIntegerField, Value, When

from ..sessions.states import FINAL, ImportType, Status, Trigger

WITH_ISSUES = Q(error_count__gt=0) | Q(warning_count__gt=0)
# Where a length begins, in milliseconds: 0, 5 s, 1 min, 10 min, 1 h. The last is of those that
# ended without having begun.
LENGTHS = (0, 5_000, 60_000, 600_000, 3_600_000, None)


@dataclass(frozen=True)
class Kind:
    """What the sessions of a kind have in common; `length` is where theirs begins, in ms."""

    import_type: str
    status: str
    trigger: str
    dry_run: bool
    has_issues: bool
    length: int | None

    def may_take(self, least: int | None, most: int | None) -> bool:
        """Whether a session of the kind may have taken from `least` to `most` milliseconds."""
        if least is None and most is None:
            return True
        if self.length is None:
            return self.status not in FINAL
        end = LENGTHS[LENGTHS.index(self.length) + 1]
        return (most is None or self.length <= most) and (
            least is None or end is None or least < end
        )


# Only what has ended is told apart by its length.
_STATES = [
    (status, length)
    for status in Status.values
    for length in (LENGTHS if status in FINAL else (None,))
]
# The number of a kind is its place here.
KINDS = tuple(
    Kind(import_type, status, trigger, dry_run, has_issues, length)
    for import_type, (status, length), trigger, dry_run, has_issues in product(
        ImportType.values, _STATES, Trigger.values, (False, True), (False, True)
    )
)


def kind_column() -> GeneratedField:
    """Give the column that holds each session's kind; the database fills it in.

    Another value or bound makes another column of it: remove it in a migration, and add it again.
    """
    digits = (
        (len(ImportType), _place("import_type", ImportType.values)),
        (len(_STATES), _state()),
        (len(Trigger), _place("trigger", Trigger.values)),
        (2, Case(When(dry_run=True, then=Value(1)), default=Value(0))),
        (2, Case(When(WITH_ISSUES, then=Value(1)), default=Value(0))),
    )
    number: Any = Value(0)
    for values, digit in digits:
        number = number * Value(values) + digit
    return GeneratedField(
        expression=number, output_field=SmallIntegerField(), db_persist=True, editable=False
    )


def _place(column: str, values: Sequence[str]) -> Case:
    return Case(*(When(**{column: value}, then=Value(at)) for at, value in enumerate(values)))


def _state() -> Case:
    firsts = {status: _STATES.index((status, length)) for status, length in reversed(_STATES)}
    return Case(
        *(
            When(status=status, then=Value(first) + _length() if status in FINAL else Value(first))
            for status, first in firsts.items()
        )
    )


def _length() -> Case:
    bounds = [bound for bound in LENGTHS[1:] if bound is not None]
    return Case(
        When(duration_ms=None, then=Value(len(LENGTHS) - 1)),
        *(When(duration_ms__lt=bound, then=Value(at)) for at, bound in enumerate(bounds)),
        default=Value(len(bounds)),
    )
