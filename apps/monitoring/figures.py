"""Numbers of import sessions: counted by the database, per type and status."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from apps.products.models import ImportSession
from apps.products.sessions.states import FINAL, ImportType, Status

from .periods import Span


@dataclass(frozen=True)
class Tally:
    """Sessions of one import type, "" for all together. Dry runs count: they are sessions too.

    `never_started` are those of the failed ones that no process had begun.
    """

    import_type: str
    by_status: Mapping[str, int]
    never_started: int = 0

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
class SessionFigures:
    """A tally per import type, and all together."""

    by_type: list[Tally]
    overall: Tally


def session_figures(span: Span) -> SessionFigures:
    """Count the sessions that began in a span of time, in one query.

    One that never began counts when it was asked for.
    """
    rows = (
        ImportSession.objects.alias(began=Coalesce("started_at", "created_at"))
        .filter(began__gte=span.start, began__lt=span.end)
        .values_list("import_type", "status")
        .annotate(
            number=Count("*"),
            unbegun=Count("status", filter=Q(status=Status.FAILED, started_at=None)),
        )
        .order_by()
    )
    statuses: dict[str, Counter[str]] = {kind: Counter() for kind in ImportType.values}
    unbegun: Counter[str] = Counter()
    for kind, status, number, never_started in rows:
        statuses[kind][status] += number
        unbegun[kind] += never_started
    by_type = [Tally(kind, dict(counted), unbegun[kind]) for kind, counted in statuses.items()]
    overall = Tally("", dict(sum(statuses.values(), Counter())), unbegun.total())
    return SessionFigures(by_type, overall)
