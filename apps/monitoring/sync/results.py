"""What the monitor answers with. Plain values, so that answers can be kept in the cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OperationFigures:
    """Operations of one type, counted and timed.

    `operation` is the type as the log has it, "" for all together. `cancelled` ones neither
    succeeded nor failed. Durations are in milliseconds, None where nothing was timed; `records` and
    `errors` are sums over runs, 0 for operations on one customer.
    """

    operation: str
    total: int
    succeeded: int
    warned: int
    failed: int
    cancelled: int
    average_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    records: int = 0
    errors: int = 0

    @property
    def success_rate(self) -> float | None:
        """Per cent that went well, of those that were not cancelled; None without any."""
        return self._share(self.succeeded)

    @property
    def error_rate(self) -> float | None:
        """Per cent that failed, of those that were not cancelled; None without any."""
        return self._share(self.failed)

    def _share(self, part: int) -> float | None:
        judged = self.total - self.cancelled
        return 100 * part / judged if judged else None


@dataclass(frozen=True)
class CustomerFigures:
    """What became of customers.

    `synced` is how many different ones were created, updated or switched off; `conflicts` counts
    overwritten values of the shop's own, each time it happened. `identified` tells by which sign a
    written customer's account was found: "onec_id", "tax_id", "email", or "" for a new account.
    """

    synced: int
    conflicts: int
    identified: Mapping[str, int]


@dataclass(frozen=True)
class Bucket:
    """One hour or day of a series, from `start` on."""

    start: datetime
    succeeded: int = 0
    warned: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.succeeded + self.warned + self.failed + self.cancelled
