"""Answers questions about a period from `SyncLog` and `CustomerSyncLog`, each in one query.

Nothing is computed over rows in Python: PostgreSQL counts, averages and finds the percentiles.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from apps.common.models import CustomerSyncLog

from ..periods import Span
from .logs import CUSTOMERS, RUNS, Log
from .results import Bucket, CustomerFigures, OperationFigures
from .series import by_day, by_hour

HOURS_SHOWN = timedelta(hours=24)
_Operation = CustomerSyncLog.Operation
SYNCED = (_Operation.CREATED, _Operation.UPDATED, _Operation.HIDDEN)


class CustomerSyncMonitor:
    """Figures of the runs and of the customers' synchronisation in a span of time.

    A run belongs to the span in which it started, a customer's row to the one in which it was
    written. Every method takes exactly one query.
    """

    def __init__(self, span: Span) -> None:
        self.span = span

    def runs(self) -> list[OperationFigures]:
        """Give the runs by type (`SyncLog`), dry ones too; all together come last."""
        return self._operations(RUNS)

    def customer_operations(self) -> list[OperationFigures]:
        """Give what was done with customers, by operation; all together come last."""
        return self._operations(CUSTOMERS)

    def customers(self) -> CustomerFigures:
        """Give customers synced, conflicts, and how accounts were found."""
        operations = {
            "synced": list(SYNCED),
            "identified": [_Operation.CREATED, _Operation.UPDATED],
            "conflict": _Operation.CONFLICT,
        }
        rows = self._rows(_CUSTOMERS_SQL.format(**CUSTOMERS.sql), operations)
        identified = {row[0]: row[3] for row in rows if not row[4] and row[3]}
        synced, conflicts = next(row[1:3] for row in rows if row[4])
        return CustomerFigures(synced, conflicts, identified)

    def runs_by_hour(self) -> list[Bucket]:
        """Give the runs of the span's last 24 hours, hour by hour, the empty ones too."""
        return by_hour(RUNS, self.span.last(HOURS_SHOWN))

    def runs_by_day(self) -> list[Bucket]:
        """Give the span's runs, day by day, the empty ones too. The first day may be cut."""
        return by_day(RUNS, self.span)

    def customers_by_hour(self) -> list[Bucket]:
        """Give the operations on customers of the last 24 hours, hour by hour."""
        return by_hour(CUSTOMERS, self.span.last(HOURS_SHOWN))

    def customers_by_day(self) -> list[Bucket]:
        """Give the operations on customers, day by day."""
        return by_day(CUSTOMERS, self.span)

    def _operations(self, log: Log) -> list[OperationFigures]:
        outcomes = {f"is_{name}": list(values) for name, values in log.outcomes.items()}
        rows = self._rows(_OPERATIONS_SQL.format(**log.sql), outcomes)
        return [OperationFigures(*row) for row in rows]

    def _rows(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters | {"start": self.span.start, "end": self.span.end})
            return list(cursor.fetchall())


_OPERATIONS_SQL = """
SELECT coalesce({operation}, ''), count(*),
       count(*) FILTER (WHERE status = ANY(%(is_succeeded)s)),
       count(*) FILTER (WHERE status = ANY(%(is_warned)s)),
       count(*) FILTER (WHERE status = ANY(%(is_failed)s)),
       count(*) FILTER (WHERE status = ANY(%(is_cancelled)s)),
       avg(duration_ms)::float8,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms),
       {records}, {errors}
FROM {table}
WHERE {moment} >= %(start)s AND {moment} < %(end)s
GROUP BY GROUPING SETS (({operation}), ())
ORDER BY GROUPING({operation}), {operation}
"""

# A conflict has a row beside that of the update it belongs to, which tells the same method. The
# last column is 1 in the row of all customers together.
_CUSTOMERS_SQL = """
SELECT coalesce(method, ''),
       count(DISTINCT onec_id) FILTER (WHERE operation_type <> %(conflict)s),
       count(*) FILTER (WHERE operation_type = %(conflict)s),
       count(*) FILTER (WHERE operation_type = ANY(%(identified)s)),
       GROUPING(method)
FROM (
    SELECT coalesce(details ->> 'matched_by', '') AS method, operation_type, onec_id
    FROM {table}
    WHERE {moment} >= %(start)s AND {moment} < %(end)s
      AND (operation_type = ANY(%(synced)s) OR operation_type = %(conflict)s)
) AS told
GROUP BY GROUPING SETS ((method), ())
"""
