"""One execution of an operation, in the portal's own words, and what is computed from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

# Below this the rate is noise: one slow chunk would promise an hour.
RATE_NEEDS = timedelta(seconds=2)


class State(StrEnum):
    """Where a run stands; each has a tag and a partial template of its own name."""

    WAITING = "waiting"
    PENDING = "pending"
    STARTED = "started"
    IN_PROGRESS = "in_progress"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def active(self) -> bool:
        """Whether the run may still change."""
        return self not in {State.COMPLETED, State.FAILED, State.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What every page shows of a run. Times are aware; `total` is None while it is unknown.

    `changed` counts records written; a completed run with none is a warning, not a success.
    `unmoved` is how long a run that lives has saved nothing, once that is long enough to worry;
    `stopped_by` is who asked for the cancellation that is under way; `note` is what the operation
    says of a run being prepared or without effect, in place of the portal's general sentence.
    """

    pk: int
    title: str
    state: State
    state_label: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    dry_run: bool = False
    stage: str = ""
    done: int = 0
    total: int | None = None
    starter: str = ""
    trigger: str = ""
    error: str = ""
    changed: int = 0
    warnings: int = 0
    errors: int = 0
    unmoved: timedelta | None = None
    stopped_by: str = ""
    note: str = ""
    now: datetime = field(default_factory=timezone.now)

    @property
    def active(self) -> bool:
        """Whether the run may still change."""
        return self.state.active

    @property
    def template(self) -> str:
        """The partial of this state."""
        return f"ops/run/_{self.state}.html"

    @property
    def changed_nothing(self) -> bool:
        """Whether it succeeded without effect: the commonest silent failure."""
        return self.state is State.COMPLETED and not self.changed

    @property
    def issues(self) -> int:
        """Warnings and errors together."""
        return self.warnings + self.errors

    @property
    def percent(self) -> int | None:
        """Share done in whole per cent, at most 100 (totals can be wrong); None when unknown."""
        if self.state is State.COMPLETED:
            return 100
        if not self.total:
            return None
        return min(100, self.done * 100 // self.total)

    @property
    def bar_value(self) -> int:
        """What the progress element shows: never beyond its maximum."""
        return min(self.done, self.total or 0)

    @property
    def elapsed(self) -> timedelta | None:
        """Time since the start, or how long it took."""
        if self.started_at is None:
            return None
        return max(timedelta(0), (self.finished_at or self.now) - self.started_at)

    @property
    def rate(self) -> float | None:
        """Records per second over the whole run; None while too young to tell."""
        if self.elapsed is None or self.elapsed < RATE_NEEDS or not self.done:
            return None
        return self.done / self.elapsed.total_seconds()

    @property
    def remaining(self) -> timedelta | None:
        """Estimated time to the end at the present rate; None when it cannot be told."""
        if not self.active or self.total is None or not self.rate:
            return None
        return timedelta(seconds=max(0, self.total - self.done) / self.rate)

    @property
    def milestone(self) -> int:
        """Per cent in steps of 25, for announcements: a screen reader is not to be flooded."""
        return (self.percent or 0) // 25 * 25

    def as_json(self) -> dict[str, Any]:
        """What programs may read of any run; times in ISO 8601."""
        return {
            "id": self.pk,
            "status": self.state.value,
            "active": self.active,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "percent": self.percent,
            "eta_seconds": None
            if self.remaining is None
            else round(self.remaining.total_seconds()),
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
            "error": self.error,
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@dataclass(frozen=True)
class Fact:
    """One line of "label: value" on a run's page; `code` is set in a typewriter face."""

    label: str
    value: Any
    code: bool = False


class Code(str):
    """Text that is set in a typewriter face and may break anywhere: an id, a checksum, a path."""

    __slots__ = ()


class Amount(str):
    """A quantity with its unit: set to the right, as numbers are."""

    __slots__ = ()


def is_figure(value: object) -> bool:
    """Whether a cell is set to the right."""
    return isinstance(value, int | float | Amount) and not isinstance(value, bool)


@dataclass(frozen=True)
class Sheet:
    """A small plain table: the first cell of each row is its header."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    footer: Sequence[Any] = ()

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column's header, and whether it stands to the right: above figures alone."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.headers)
        return [
            (header, bool(cells) and all(map(is_figure, cells)))
            for header, cells in zip(self.headers, columns, strict=True)
        ]


@dataclass(frozen=True)
class Detail:
    """What a run's page shows besides its progress.

    `repeats` is the run that this one repeats, `repeated_by` those that repeat it; `follows` is the
    run that had to complete first, `followed_by` those that this one had to let begin.
    """

    parameters: Sequence[Fact] = ()
    traces: Sequence[Fact] = ()
    counters: Sheet | None = None
    inputs: Sheet | None = None
    repeats: int | None = None
    repeated_by: Sequence[int] = ()
    follows: int | None = None
    followed_by: Sequence[int] = ()


@dataclass(frozen=True)
class LogLine:
    """One line of a run's log. `level` is info, warning or error; `level_label` its word."""

    at: datetime
    level: str
    level_label: str
    text: str
