"""What the import commands have in common: options, ownership, progress bar, summary, exit codes.

Exit codes (docs/architecture.md): 0 completed; 1 failed; 2 wrong options; 3 completed, but a record
or a file failed; 75 another import is active; 130 cancelled.
"""

import getpass
import json
import os
import signal
import socket
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from ..models import ImportSession
from ..sessions import lifecycle
from ..sessions.errors import ImportBusy, NotClaimable, OwnershipLost
from ..sessions.parameters import MAX_CHUNK_SIZE, MIN_CHUNK_SIZE, Parameters
from ..sessions.states import ImportType, Status, Trigger
from .run import Run
from .stages import Stage
from .stopping import StopWish

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_WITH_ERRORS = 3
EXIT_BUSY = 75
EXIT_CANCELLED = 130


class ImportCommand(BaseCommand, ABC):
    """Base of the import commands. A subclass names its type, its options and its stages."""

    import_type: ImportType
    requires_system_checks: tuple[str, ...] = ()
    stealth_options = ("session_id",)  # sent by the task, not by people

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options that all imports have."""
        parser.add_argument(
            "--data-dir",
            default=str(settings.ONEC_DATA_DIR),
            help=_("Directory of the 1C export (default: ONEC_DATA_DIR, now %(default)s)."),
        )
        parser.add_argument(
            "--chunk-size",
            type=int,
            help=_("Records in one transaction, %(least)d to %(most)d.")
            % {"least": MIN_CHUNK_SIZE, "most": MAX_CHUNK_SIZE},
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("Compare everything, write no catalogue row.")
        )
        parser.add_argument(
            "--skip-backup",
            action="store_true",
            help=_("Make no database backup before the import."),
        )
        parser.add_argument(
            "--json", action="store_true", help=_("Print the summary as one line of JSON.")
        )

    @abstractmethod
    def parameters(self, options: dict[str, Any]) -> Parameters:
        """Make the import's parameters from the command's options."""

    @abstractmethod
    def stages(self, parameters: Parameters) -> Sequence[Stage]:
        """Give what such an import does."""

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run an import: the queued session of `session_id`, or a new one of the command line.

        Raises:
            CommandError: with the exit code, unless the import completed without an error.
        """
        session = self._own_session(options)
        parameters = Parameters.from_json(session.import_type, session.parameters)
        run = Run(session, self.stages(parameters))
        from_shell = session.trigger == Trigger.CLI
        with stop_on_signal(run.stop, listen=from_shell), self._progress(run):
            try:
                session = run.execute()
            except OwnershipLost as error:
                raise CommandError(str(error), returncode=EXIT_FAILED) from error
        self._summarise(session, as_json=options["json"])
        _leave(session)

    def _own_session(self, options: dict[str, Any]) -> ImportSession:
        session_id = options.get("session_id")
        try:
            if session_id is None:
                return self._open_session(options)
            return lifecycle.claim(session_id, worker=worker_name())
        except ImportBusy as error:
            raise CommandError(f"{error}\n{facts_of(error)}", returncode=EXIT_BUSY) from error
        except NotClaimable as error:
            raise CommandError(str(error), returncode=EXIT_BUSY) from error

    def _open_session(self, options: dict[str, Any]) -> ImportSession:
        try:
            parameters = self.parameters(options)
        except ValueError as error:
            raise CommandError(str(error), returncode=EXIT_USAGE) from error
        return lifecycle.open_session(
            parameters,
            trigger=Trigger.CLI,
            user=_operating_system_user(),
            worker=worker_name(),
        )

    @contextmanager
    def _progress(self, run: Run) -> Iterator[None]:
        """Draw a bar on a terminal; be silent elsewhere."""
        with tqdm(
            file=sys.stderr, disable=not sys.stderr.isatty(), unit="rec", desc=f"#{run.session.pk}"
        ) as bar:

            def show(stage: str, done: int, total: int) -> None:
                bar.total = total
                bar.set_postfix_str(stage, refresh=False)
                bar.update(done - bar.n)

            run.on_progress = show
            yield

    def _summarise(self, session: ImportSession, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary(session), ensure_ascii=False))
            return
        self.stdout.write("\n".join((str(session), *figures(session))))


def summary(session: ImportSession) -> dict[str, Any]:
    """Give what `--json` prints (docs/architecture.md); `seconds` from claim to end."""
    return {
        "id": session.pk,
        "status": session.status,
        "dry_run": session.dry_run,
        "counters": session.counters,
        "issues": {"warning": session.warning_count, "error": session.error_count},
        "seconds": round((session.duration_ms or 0) / 1000, 3),
        "error": session.error_message,
    }


def figures(session: ImportSession) -> Iterator[str]:
    """Give the session's counters and issues in lines for people."""
    for name, counts in session.counters.items():
        words = ", ".join(f"{word} {count}" for word, count in counts.items() if count)
        yield f"  {name}: {words or 0}"
    yield _("  issues: %(warnings)d warnings, %(errors)d errors") % {
        "warnings": session.warning_count,
        "errors": session.error_count,
    }


def worker_name() -> str:
    """Name this process among all hosts."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def stop_on_signal(stop: StopWish, *, listen: bool) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into a wish to stop at the next chunk.

    Only a program that is an import and nothing else may do so (`listen`): a worker has handlers
    of its own, and signals reach the main thread alone.
    """
    if not listen or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def facts_of(busy: ImportBusy) -> str:
    """Say the same for scripts, in words that no language changes."""
    session = busy.session
    if session is None:
        return "id= type= status= started_by= since="
    since = timezone.localtime(session.started_at or session.created_at)
    return (
        f"id={session.pk} type={session.import_type} status={session.status} "
        f"started_by={session.requested_by_name or session.trigger} since={since.isoformat()}"
    )


def _leave(session: ImportSession) -> None:
    """End the command with the session's exit code."""
    if session.status == Status.FAILED:
        raise CommandError(session.error_message, returncode=EXIT_FAILED)
    if session.status == Status.CANCELLED:
        raise CommandError(session.error_message, returncode=EXIT_CANCELLED)
    if session.error_count:
        raise CommandError(
            _("Completed, but %(count)d records or files failed. See session #%(id)s.")
            % {"count": session.error_count, "id": session.pk},
            returncode=EXIT_WITH_ERRORS,
        )


def _operating_system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under an id without a name
        return f"uid {os.getuid()}"


def absolute(path: str) -> Path:
    """Make a path independent of where the command was started."""
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100  (".." goes, links stay)
