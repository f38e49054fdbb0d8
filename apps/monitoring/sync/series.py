"""A log counted hour by hour or day by day, in local time, with nothing left out.

The hour that is lived twice when summer time ends is one bucket.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from ..periods import Span
from .logs import Log
from .results import Bucket


def by_hour(log: Log, span: Span) -> list[Bucket]:
    """Count the rows of each hour that the span touches, in one query."""
    return _fill(_hours(span), _counted(log, span, TruncHour(log.moment)))


def by_day(log: Log, span: Span) -> list[Bucket]:
    """Count the rows of each day that the span touches, in one query."""
    return _fill(_days(span), _counted(log, span, TruncDay(log.moment)))


def _counted(log: Log, span: Span, bucket: TruncHour | TruncDay) -> dict[datetime, Bucket]:
    within = {f"{log.moment}__gte": span.start, f"{log.moment}__lt": span.end}
    rows: Iterable[Any] = (
        log.model.objects.filter(**within)
        .values(bucket=bucket)
        .annotate(
            **{
                name: Count("status", filter=Q(status__in=statuses))
                for name, statuses in log.outcomes.items()
            }
        )
        .order_by("bucket")
    )
    return {
        row["bucket"]: Bucket(row["bucket"], *(row[name] for name in log.outcomes)) for row in rows
    }


def _fill(starts: Iterator[datetime], counted: dict[datetime, Bucket]) -> list[Bucket]:
    return [counted.get(start, Bucket(start)) for start in starts]


def _hours(span: Span) -> Iterator[datetime]:
    first = timezone.localtime(span.start).replace(minute=0, second=0, microsecond=0)
    return _walls(first, span, timedelta(hours=1))


def _days(span: Span) -> Iterator[datetime]:
    first = timezone.localtime(span.start).replace(hour=0, minute=0, second=0, microsecond=0)
    return _walls(first, span, timedelta(days=1))


def _walls(first: datetime, span: Span, step: timedelta) -> Iterator[datetime]:
    """Give what a clock on the wall shows at each step, but for the hour that spring skips."""
    wall = first.replace(tzinfo=None, fold=0)
    while (moment := timezone.make_aware(wall)) < span.end:
        if timezone.localtime(moment.astimezone(UTC)).replace(tzinfo=None) == wall:
            yield moment
        wall += step
