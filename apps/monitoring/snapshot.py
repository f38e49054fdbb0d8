"""All figures of a period, taken together and kept for a short time.

The cache only spares the database: without it every page counts anew.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from .figures import SessionFigures, session_figures
from .periods import Period, Span
from .sync import Bucket, CustomerFigures, CustomerSyncMonitor, OperationFigures

logger = logging.getLogger(__name__)

KEPT_SECONDS = 60
# Goes up when `Snapshot` changes: what an older release has kept is of another form.
_VERSION = 1


@dataclass(frozen=True)
class Snapshot:
    """The figures of one period as they were at `taken_at`."""

    span: Span
    taken_at: datetime
    sessions: SessionFigures
    runs: list[OperationFigures]
    customer_operations: list[OperationFigures]
    customers: CustomerFigures
    runs_by_hour: list[Bucket]
    runs_by_day: list[Bucket]
    customers_by_hour: list[Bucket]
    customers_by_day: list[Bucket]


def snapshot_of(period: Period) -> Snapshot:
    """Give the period's figures, at most `KEPT_SECONDS` old."""
    try:
        kept = cache.get(cache_key(period))
    except Exception as error:  # noqa: BLE001  (a server that is down or full; a foreign pickle)
        logger.warning("The cache cannot be read, so figures are counted anew: %r", error)
        return take_snapshot(period.length)
    if isinstance(kept, Snapshot):
        return kept
    taken = take_snapshot(period.length)
    try:
        cache.set(cache_key(period), taken, KEPT_SECONDS)
    except Exception as error:  # noqa: BLE001  (the page is right without it)
        logger.warning("Figures cannot be kept in the cache: %r", error)
    return taken


def take_snapshot(length: timedelta) -> Snapshot:
    """Count now, in eight queries."""
    span = Span.until_now(length)
    monitor = CustomerSyncMonitor(span)
    return Snapshot(
        span=span,
        taken_at=timezone.now(),
        sessions=session_figures(span),
        runs=monitor.runs(),
        customer_operations=monitor.customer_operations(),
        customers=monitor.customers(),
        runs_by_hour=monitor.runs_by_hour(),
        runs_by_day=monitor.runs_by_day(),
        customers_by_hour=monitor.customers_by_hour(),
        customers_by_day=monitor.customers_by_day(),
    )


def cache_key(period: Period) -> str:
    """Give where the period's figures are kept."""
    return f"monitoring:snapshot:{_VERSION}:{period.key}"
