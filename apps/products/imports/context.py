"""What a run carries from chunk to chunk: store, counters, issues, and what it has learnt."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..models import ImportIssue, ImportSession
from ..models.sessions import Severity
from .copying import copy_rows
from .counters import Counters, Outcome
from .departures import Mark as DeparturesMark
from .entities import Entity, Key
from .merge import Merged
from .remembered import Remembered
from .rows import State
from .store import Store

_TABLE = ImportIssue._meta.db_table  # noqa: SLF001  (Django's documented model API)
_COLUMNS = ("session_id", "severity", "code", "params", "entity", "onec_id", "file", "line")

T = TypeVar("T")


class Issues:
    """Issues of a run. They are saved in the chunk's transaction, or dropped with it."""

    def __init__(self, session: ImportSession) -> None:
        self._session = session
        self._pending: list[tuple[Any, ...]] = []
        self._pending_errors = 0
        self._said: Remembered[tuple[str, str]] = Remembered()
        self.warnings = 0
        self.errors = 0

    def add(
        self,
        severity: Severity,
        code: str,
        *,
        entity: str = "",
        onec_id: str = "",
        file: str = "",
        line: int | None = None,
        **params: Any,
    ) -> None:
        """Note an issue; `params` fill its sentence (apps/products/issues.py)."""
        text = json.dumps(params, ensure_ascii=False)
        row = (self._session.pk, severity.value, code, text, entity)
        self._pending.append((*row, onec_id[:255], file[:1000], line))
        self._pending_errors += severity is Severity.ERROR

    def add_once(self, severity: Severity, code: str, *, onec_id: str, **rest: Any) -> None:
        """Note an issue unless this run has said the same of this 1C id before."""
        said = (code, onec_id)
        if said not in self._said:
            self._said.add(said)
            self.add(severity, code, onec_id=onec_id, **rest)

    def save(self) -> None:
        """Write what was noted since the last call."""
        if self._pending:
            copy_rows(_TABLE, _COLUMNS, self._pending)
        self.errors += self._pending_errors
        self.warnings += len(self._pending) - self._pending_errors
        self.forget()

    def forget(self) -> None:
        """Drop what was noted since the last save."""
        self._pending.clear()
        self._pending_errors = 0

    def mark(self) -> "IssuesMark":
        """Note where a chunk begins."""
        self._said.mark()
        return IssuesMark(tuple(self._pending), self._pending_errors, self.warnings, self.errors)

    def go_back(self, mark: "IssuesMark") -> None:
        """Forget what a chunk that was rolled back has said."""
        self._pending[:] = mark.pending
        self._pending_errors = mark.pending_errors
        self.warnings, self.errors = mark.warnings, mark.errors
        self._said.go_back()


@dataclass(frozen=True)
class IssuesMark:
    """Issues at the beginning of a chunk: those not saved yet, and the counts of those saved."""

    pending: tuple[tuple[Any, ...], ...]
    pending_errors: int
    warnings: int
    errors: int


@dataclass
class Place:
    """Where the records at hand come from, for issues."""

    file: str = ""


@dataclass(frozen=True)
class Mark:
    """What a run knew at the beginning of a chunk."""

    counters: Counters
    done: int
    issues: IssuesMark
    departures: DeparturesMark


@dataclass
class Context:
    """State of one run. `counters` and `done` count committed chunks and the open one."""

    session: ImportSession
    store: Store
    issues: Issues
    counters: Counters = field(default_factory=Counters)
    # Records done, as the inventory counts them.
    done: int = 0
    place: Place = field(default_factory=Place)
    # Small tables are read whole, once; large ones are looked up chunk by chunk.
    small: dict[str, dict[Key, State]] = field(default_factory=dict)
    # Ids that were marked deleted and were never seen: their rows are skipped without an issue.
    deleted_unseen: Remembered[tuple[str, str]] = field(default_factory=Remembered)
    # Rows that stand in the export but could not be read: they are not absent.
    unreadable: list[tuple[Entity, Key]] = field(default_factory=list)
    # Products whose values this run took from one of their variants among the goods.
    led_by_variant: Remembered[str] = field(default_factory=Remembered)
    # Whether the run holds offers, which know variants better than goods do.
    has_offers: bool = False
    # Stock that names no warehouse lies here.
    default_warehouse_id: int | None = None
    # What parts of the import have read from the database, one helper of each kind.
    helpers: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def mark(self) -> Mark:
        """Note where a chunk begins."""
        self.deleted_unseen.mark()
        self.led_by_variant.mark()
        return Mark(
            self.counters.copy(), self.done, self.issues.mark(), self.store.departures.mark()
        )

    def go_back(self, mark: Mark) -> None:
        """Forget what a chunk that was rolled back has counted, said and read."""
        self.counters, self.done = mark.counters.copy(), mark.done
        self.issues.go_back(mark.issues)
        self.store.departures.go_back(mark.departures)
        self.store.forget_changes()
        self.deleted_unseen.go_back()
        self.led_by_variant.go_back()
        self.unreadable.clear()
        # These may hold rows that the rollback has taken; they are read again when needed.
        self.small.clear()
        self.helpers.clear()
        self.default_warehouse_id = None

    def helper(self, kind: "Callable[[Context], T]") -> T:
        """Give the run's one helper of this kind, made when it is first asked for."""
        if kind not in self.helpers:
            self.helpers[kind] = kind(self)
        helper: T = self.helpers[kind]
        return helper

    def known(self, entity: Entity) -> dict[Key, State]:
        """Give all rows of a small table, as this run has left them."""
        if entity.name not in self.small:
            self.small[entity.name] = self.store.fetch_all(entity)
        return self.small[entity.name]

    def count(self, entity: Entity, merged: Merged) -> None:
        """Count a merge's outcomes."""
        self.counters.add_all(entity.name, merged.tally)

    def reject(
        self,
        entity: Entity,
        code: str,
        *,
        onec_id: str,
        line: int,
        key: Key | None = None,
        **params: Any,
    ) -> None:
        """Count a record as failed and say why. `key` is its row's, where the 1C id is not."""
        self.unreadable.append((entity, key or onec_id))
        self.counters.add(entity.name, Outcome.FAILED)
        self.issues.add(
            Severity.ERROR,
            code,
            entity=entity.name,
            onec_id=onec_id,
            file=self.place.file,
            line=line,
            **params,
        )

    def skip(self, entity: Entity, code: str, *, onec_id: str, line: int, **params: Any) -> None:
        """Count a record as skipped; say why, once per 1C id."""
        self.counters.add(entity.name, Outcome.SKIPPED)
        self.warn(entity, code, onec_id=onec_id, line=line, **params)

    def warn(self, entity: Entity, code: str, *, onec_id: str, line: int, **params: Any) -> None:
        """Say something about a record, once per 1C id."""
        self.issues.add_once(
            Severity.WARNING,
            code,
            entity=entity.name,
            onec_id=onec_id,
            file=self.place.file,
            line=line,
            **params,
        )

    def mention_unreadable(self) -> None:
        """Keep a full package from hiding rows whose records were there, but bad."""
        for entity in {entity.name: entity for entity, _key in self.unreadable}.values():
            keys = [key for its, key in self.unreadable if its is entity]
            states = self.store.fetch(entity, keys)
            self.store.departures.mention(entity, [states[k].id for k in keys if k in states])
        self.unreadable.clear()

    def note_deleted_unseen(self, entity: Entity, onec_id: str) -> None:
        """Remember that 1C deleted a record which the shop never had."""
        self.deleted_unseen.add((entity.name, onec_id))

    def was_deleted_unseen(self, entity: Entity, onec_id: str) -> bool:
        """Whether this run met the record as deleted and the shop never had it."""
        return (entity.name, onec_id) in self.deleted_unseen


# Brings one chunk of records (or of what a stage prepared of them) into the store, inside the
# chunk's transaction.
Handler = Callable[[Context, Sequence[Any]], None]
