"""One run of an import, from a claimed session to its end: the same for all ways in.

Backup, inventory, then chunk by chunk (`chunks`), with a heartbeat beside it. Whatever ends the
run, the session's row says so.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import Error
from django.utils.translation import gettext as _

from apps.common.backups import BackupCancelled, BackupError, make_backup, rotate_backups
from apps.common.commerceml import BrokenFile, Kind, Record, take_inventory
from apps.common.commerceml.inventory import Inventory, SourceFile

from ..models import ImportSession
from ..models.sessions import LogLevel, Severity
from ..sessions import lifecycle
from ..sessions.errors import OwnershipLost
from ..sessions.parameters import Parameters
from ..sessions.states import Status
from .calm_collector import calm_collector
from .changes import Changes
from .chunks import Chunks
from .context import Context, Issues
from .counters import Outcome
from .dry_store import DryStore
from .errors import ImportFailed, ImportStopped
from .heartbeat import Heartbeat
from .hiding import (
    Leaving,
    MassHide,
    brake,
    empty_full_packages,
    full_kinds,
    mass_hides,
    plan_hides,
    settle,
)
from .pipeline import read_chunks
from .preconditions import check_directory, nothing_readable, unforeseen
from .session_log import SessionLog
from .stages import Stage
from .stopping import StopWish, why_stopped
from .store import Store
from .unknown import UnknownRecords
from .writer_connection import writer_connection

log = logging.getLogger(__name__)

# Called after each chunk with (stage, records done, records in all).
OnProgress = Callable[[str, int, int], None]


@dataclass
class Run:
    """An import at work. `stop` is honoured at the next chunk."""

    session: ImportSession
    stages: Sequence[Stage]
    stop: StopWish = field(default_factory=StopWish)
    on_progress: OnProgress | None = None
    total: int = 0

    def __post_init__(self) -> None:
        store = DryStore(Changes(self.session)) if self.session.dry_run else Store()
        self.parameters = Parameters.from_json(self.session.import_type, self.session.parameters)
        self._unknown = UnknownRecords()
        self._broken = False
        self._mass_hides: list[MassHide] = []
        self.context = Context(self.session, store, Issues(self.session))

    def execute(self) -> ImportSession:
        """Run to the end and give the ended session.

        Raises:
            OwnershipLost: the session was taken away; nothing more was written.
        """
        with (
            SessionLog(self.session) as self.log,
            writer_connection(self.session),
            Heartbeat(self.session, self.stop),
            calm_collector(),
        ):
            self.chunks = Chunks(self.context, self.stop, self.log)
            try:
                self._walk()
            except ImportStopped:
                self._end_cancelled()
            except ImportFailed as error:
                self._end(Status.FAILED, error=str(error))
            except OwnershipLost:
                raise
            except Exception as error:
                log.exception("Session %s failed", self.session.pk)
                self._end(Status.FAILED, error=unforeseen(error))
            else:
                self._end(Status.COMPLETED)
            finally:
                self._close()
        return self.session

    def _close(self) -> None:
        """Leave no temporary table on the connection; one that is lost has taken them along."""
        with suppress(Error):
            self.context.store.close()

    def _walk(self) -> None:
        self.log.write("started", worker=self.session.worker)
        check_directory(self.session, self.parameters)
        self._back_up()
        inventory = self._take_inventory()
        full = self._watch_full_packages(inventory)
        self.context.has_offers = any(
            stage.kind is Kind.OFFERS and inventory.with_kind(stage.kind) for stage in self.stages
        )
        for stage in self.stages:
            self._run_stage(stage, inventory.with_kind(stage.kind))
        self.chunks.run(lambda: self._unknown.report(inventory, self.context.issues))
        if self.context.counters.read and self._all_failed():
            raise ImportFailed(
                _("Every record failed. See the issues: each names its file and line.")
            )
        self._settle(frozenset() if self._broken else full)

    def _watch_full_packages(self, inventory: Inventory) -> frozenset[Kind]:
        """Find out of which kinds this run holds everything, and note what it mentions."""
        leaving = [stage.kind for stage in self.stages if not stage.entity.stays_when_absent]
        full = full_kinds(inventory, leaving)
        self.context.store.departures.watch(s.entity for s in self.stages if s.kind in full)
        return full

    def _settle(self, full: frozenset[Kind]) -> None:
        """Hide, remove and zero what leaves; then default variants may have to step in."""
        leaving: list[Leaving] = []
        self.chunks.run(lambda: leaving.extend(plan_hides(self.context, self.stages, full)))
        self._mass_hides = mass_hides(leaving)
        try:
            if not self.parameters.allow_mass_hide:
                brake(self._mass_hides, dry_run=self.session.dry_run)
        except ImportFailed:
            self._give_up_hiding()
            raise
        self.chunks.run(lambda: self._hide(full, leaving))

    def _hide(self, full: frozenset[Kind], leaving: Sequence[Leaving]) -> None:
        settle(self.context, self.stages, full, leaving)
        self._run_after()

    def _give_up_hiding(self) -> None:
        for stage in self.stages:
            self._withdraw_hides(stage)
        self.chunks.run(self._run_after)

    def _run_after(self) -> None:
        for stage in self.stages:
            if stage.after:
                stage.after(self.context)

    def _back_up(self) -> None:
        if self.parameters.skip_backup or self.session.dry_run:
            return
        try:
            backup = make_backup(stop=self.stop.is_set)
            rotate_backups(verified=backup.path)
        except BackupCancelled as error:
            raise ImportStopped from error
        except BackupError as error:
            raise ImportFailed(
                _("The backup failed, so nothing was imported. %(reason)s") % {"reason": error}
            ) from error
        self.chunks.persist(
            lambda: lifecycle.save_progress(self.session, backup_path=str(backup.path))
        )
        self.log.write("backed_up", path=str(backup.path), size=backup.size)

    def _take_inventory(self) -> Inventory:
        inventory = take_inventory(self.parameters.data_dir)
        for file in inventory.problems:
            self._report_file(file)
        for name in empty_full_packages(inventory):
            self.context.issues.add(Severity.WARNING, "empty_full_package", file=name)
        self.total = sum(
            file.kinds[stage.kind]
            for stage in self.stages
            for file in inventory.with_kind(stage.kind)
        )
        source = {"directory": str(self.parameters.data_dir), **inventory.as_json()}
        self.chunks.run(lambda: lifecycle.begin_records(self.session, source, self.total))
        self.log.write("inventory", files=len(inventory.files), records=self.total)
        if not inventory.readable:
            raise ImportFailed(nothing_readable(self.parameters, inventory))
        return inventory

    def _run_stage(self, stage: Stage, files: Sequence[SourceFile]) -> None:
        for file in files:
            self.log.write("file", stage=stage.kind.value, file=file.name)
            self._run_file(stage, file)
        if after := stage.after:
            self.chunks.run(lambda: after(self.context))

    def _run_file(self, stage: Stage, file: SourceFile) -> None:
        self.context.place.file = file.name
        size = self.parameters.records_per_chunk
        chunks = read_chunks(file.path, stage.kind, size, stage.prepare)
        try:
            for records in chunks:
                self._run_chunk(stage, records)
        except BrokenFile as error:
            self._fail_file(stage, file, error)
        except OSError as error:
            raise ImportFailed(
                _("%(file)s can't be read any more (%(reason)s). Copy the export again.")
                % {"file": file.name, "reason": error.strerror}
            ) from error
        finally:
            chunks.close()

    def _run_chunk(self, stage: Stage, records: Sequence[Record]) -> None:
        self.chunks.run(
            lambda: self._import(stage, records), lambda: self._progress(stage.kind.value)
        )
        self._unknown.note(self.context.place.file, stage.kind, records)
        if self.on_progress:
            self.on_progress(stage.kind.value, self.context.done, self.total)

    def _import(self, stage: Stage, records: Sequence[Record]) -> None:
        stage.handler(self.context, records)
        self.context.mention_unreadable()
        self.context.done = min(self.context.done + stage.weigh(records), self.total)

    def _progress(self, stage: str) -> dict[str, object]:
        return {"stage": stage, "progress_done": self.context.done} | self._figures()

    def _figures(self) -> dict[str, object]:
        issues, counters = self.context.issues, self.context.counters
        return {
            "report_details": {"counters": counters.as_json(), **self._report_of_hides()},
            "changed_count": counters.changed,
            "warning_count": issues.warnings,
            "error_count": issues.errors,
        }

    def _report_of_hides(self) -> dict[str, object]:
        """Give what the brake watches for, so that a dry run tells what the real one will meet."""
        if not self._mass_hides:
            return {}
        found = {
            part.entity.name: {"hidden": part.hidden, "visible": part.visible}
            for part in self._mass_hides
        }
        return {"mass_hide": found}

    def _fail_file(self, stage: Stage, file: SourceFile, error: BrokenFile) -> None:
        """Name the broken file. What it would have hidden stays: nobody saw its end."""
        self._report_file_problem(file.name, error.code.value, error.reason, error.line)
        self._broken = True
        self._withdraw_hides(stage)
        self.chunks.run(lambda: None, lambda: self._progress(stage.kind.value))

    def _withdraw_hides(self, stage: Stage) -> None:
        self.context.store.departures.pending(stage.entity).clear()
        self.context.counters.withdraw_hidden(stage.entity.name)

    def _report_file(self, file: SourceFile) -> None:
        if file.problem is not None:
            problem = file.problem
            self._report_file_problem(file.name, problem.code.value, problem.text, problem.line)

    def _report_file_problem(self, name: str, code: str, reason: str, line: int) -> None:
        self.context.issues.add(Severity.ERROR, code, file=name, line=line or None, reason=reason)
        self.log.write("file_failed", level=LogLevel.ERROR, file=name, reason=reason)

    def _all_failed(self) -> bool:
        counters = self.context.counters
        return counters.total(Outcome.FAILED) == counters.read

    def _end_cancelled(self) -> None:
        self.context.counters.withdraw_hidden()  # what is told to be written has no hides in it
        written = 0 if self.session.dry_run else self.context.counters.changed
        why: list[str] = []
        self.chunks.persist(lambda: why.append(why_stopped(self.session, self.stop, written)))
        self._end(Status.CANCELLED, error=why[0])

    def _end(self, status: Status, error: str = "") -> None:
        self.context.issues.forget()
        if status is not Status.COMPLETED:
            self.context.counters.withdraw_hidden()  # hides wait for an end that never came
        figures = self._end_figures(status)
        self.chunks.persist(lambda: self._finish(status, error, figures))
        level = LogLevel.ERROR if status is Status.FAILED else LogLevel.INFO
        self.log.write(status.value, level=level, error=error)

    def _finish(self, status: Status, error: str, figures: dict[str, object]) -> None:
        try:
            lifecycle.finish(self.session, status, error=error, **figures)
        except OwnershipLost:
            # Perhaps it was us, and only the answer to COMMIT was lost.
            if not lifecycle.is_ended_as(self.session, status, error):
                raise

    def _end_figures(self, status: Status) -> dict[str, object]:
        done = self.total if status is Status.COMPLETED else self.context.done
        return self._figures() | {"progress_done": done}
