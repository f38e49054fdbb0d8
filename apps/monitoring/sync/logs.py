"""The two audit logs, described alike, so that one query serves both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.common.models import CustomerSyncLog, SyncLog, SyncStatus

_Outcome = CustomerSyncLog.Outcome


@dataclass(frozen=True)
class Log:
    """A log's columns. `outcomes` says which of its statuses mean what."""

    model: type[SyncLog] | type[CustomerSyncLog]
    operation: str
    moment: str
    outcomes: Mapping[str, Sequence[str]]
    records: str = "0"
    errors: str = "0"

    @property
    def sql(self) -> dict[str, Any]:
        """Give the names that a query is made of; none comes from outside."""
        return {
            "table": self.model._meta.db_table,  # noqa: SLF001  (Django's documented model API)
            "operation": self.operation,
            "moment": self.moment,
            "records": self.records,
            "errors": self.errors,
        }


RUNS = Log(
    SyncLog,
    operation="sync_type",
    moment="started_at",
    outcomes={
        "succeeded": [SyncStatus.COMPLETED],
        "warned": [],
        "failed": [SyncStatus.FAILED],
        "cancelled": [SyncStatus.CANCELLED],
    },
    records="coalesce(sum(records_processed), 0)::bigint",
    errors="coalesce(sum(errors_count), 0)::bigint",
)
CUSTOMERS = Log(
    CustomerSyncLog,
    operation="operation_type",
    moment="created_at",
    outcomes={
        "succeeded": [_Outcome.SUCCESS],
        "warned": [_Outcome.WARNING],
        "failed": [_Outcome.FAILED],
        "cancelled": [],
    },
)
