"""Which kinds of sessions the filters of the history ask for."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from apps.products.models.kinds import KINDS, Kind
from ops_portal.kinds import Kinds

from .lengths import milliseconds

# Filters that a session's kind answers; a length only roughly.
_EXACT = frozenset({"import_type", "status", "trigger", "dry_run", "has_issues"})
_LENGTHS = frozenset({"duration_min", "duration_max"})
BY_KIND = _EXACT | _LENGTHS
# What the sessions of a kind have in common, of the columns that are sorted by.
_FIXED = ("import_type", "status", "trigger", "dry_run")


def kinds_of(rows: QuerySet[Any], given: Mapping[str, Any]) -> Kinds:
    """Give the kinds that the filters of `BY_KIND` ask for.

    Args:
        rows: all sessions.
        given: the filters' values by name.
    """
    least, most = (milliseconds(given.get(name)) for name in ("duration_min", "duration_max"))
    asked = [
        (number, kind)
        for number, kind in enumerate(KINDS)
        if _is_asked(kind, given) and kind.may_take(least, most)
    ]
    bounds = {"duration_ms__gte": least, "duration_ms__lte": most}
    return Kinds(
        rows.filter(**{name: bound for name, bound in bounds.items() if bound is not None}),
        "kind",
        [number for number, _kind in asked],
        {name: [getattr(kind, name) for _number, kind in asked] for name in _FIXED},
    )


def _is_asked(kind: Kind, given: Mapping[str, Any]) -> bool:
    return all(
        getattr(kind, name) in (value if isinstance(value, list) else [value])
        for name, value in given.items()
        if name in _EXACT
    )
