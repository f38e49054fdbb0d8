"""How long a session took, as a filter: asked for in seconds, kept in milliseconds."""

from typing import Any

import django_filters
from django.db.models import QuerySet


class SecondsFilter(django_filters.NumberFilter):  # type: ignore[misc]  # publishes no types
    """A bound of how long a session took, in seconds. What still runs took no time yet."""

    MOST = 10_000_000  # four months

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        limits = {"min_value": 0, "max_value": self.MOST}
        super().__init__(*args, field_name="duration_ms", **limits, **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Compare in the column's unit."""
        rows: QuerySet[Any] = super().filter(qs, milliseconds(value))
        return rows


def milliseconds(seconds: Any) -> int | None:
    """Give a bound in the column's unit."""
    return None if seconds is None else int(seconds * 1000)
