"""Numbers of import sessions: counted by the database, per period, type and status."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.products.models import ImportSession
from apps.products.sessions.states import FINAL, ImportType, Status


@dataclass(frozen=True)
class Period:
    """A stretch of time that ends now. `key` is its column in the query."""

    key: str
    title: str | Promise
    length: timedelta


PERIODS = (
    Period("day", _("Last 24 hours"), timedelta(hours=24)),
    Period("week", _("Last 7 days"), timedelta(days=7)),
)


@dataclass(frozen=True)
class Tally:
    """Sessions of one kind in one period. Dry runs count: they are sessions too."""

    title: str
    by_status: Mapping[str, int]

    @property
    def completed(self) -> int:
        """Sessions that reached their end."""
        return self.by_status.get(Status.COMPLETED, 0)

    @property
    def failed(self) -> int:
        """Sessions that an error ended."""
        return self.by_status.get(Status.FAILED, 0)

    @property
    def cancelled(self) -> int:
        """Sessions that somebody stopped."""
        return self.by_status.get(Status.CANCELLED, 0)

    @property
    def unfinished(self) -> int:
        """Sessions that wait or run."""
        return sum(number for status, number in self.by_status.items() if status not in FINAL)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())

    @property
    def success_rate(self) -> float | None:
        """Per cent completed, of those that completed or failed; None without any of them.

        A cancelled session neither succeeded nor failed.
        """
        judged = self.completed + self.failed
        return 100 * self.completed / judged if judged else None


@dataclass(frozen=True)
class PeriodFigures:
    """A period's tallies: one per import type, and all together."""

    period: Period
    by_type: list[Tally]
    overall: Tally


def session_figures(periods: Iterable[Period] = PERIODS) -> list[PeriodFigures]:
    """Count the sessions created in each period, in one query."""
    periods = list(periods)
    now = timezone.now()
    rows = (
        ImportSession.objects.filter(created_at__gte=now - max(p.length for p in periods))
        .values("import_type", "status")
        .annotate(**{period.key: _number_since(now - period.length) for period in periods})
        .order_by()
    )
    counted: list[dict[str, Any]] = [dict(row) for row in rows]
    return [_figures(period, counted) for period in periods]


def _number_since(start: datetime) -> Count:
    return Count("pk", filter=Q(created_at__gte=start))


def _figures(period: Period, rows: list[dict[str, Any]]) -> PeriodFigures:
    counters: dict[str, Counter[str]] = {kind: Counter() for kind in ImportType.values}
    for row in rows:
        counters[row["import_type"]][row["status"]] += row[period.key]
    return PeriodFigures(
        period,
        [Tally(str(ImportType(kind).label), counter) for kind, counter in counters.items()],
        Tally(str(_("All imports")), sum(counters.values(), Counter())),
    )
