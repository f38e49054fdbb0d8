"""What the portal asks of imports, answered by the session's life cycle."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError
from django.db.models import QuerySet

from apps.products.models import ImportIssue, ImportLogLine, ImportSession
from apps.products.models.sessions import LogLevel
from apps.products.sessions.errors import BrokerDown, ImportBusy
from apps.products.sessions.recovery import recover
from apps.products.sessions.states import ACTIVE, ImportType, Status
from apps.products.sessions.submit import submit
from ops_portal.dry_runs import Brake, Changes
from ops_portal.finding import Finding
from ops_portal.operations import Answer, Refused, Unfit
from ops_portal.preflight import Check, Preflight
from ops_portal.runs import Detail, LogLine, Run

from . import control, dry_runs, present, sources
from .finding import find
from .form import IMPORT_TYPES, parameters_from

log = logging.getLogger(__name__)


class ImportBackend:
    """Imports from 1C behind the portal's seam (`ops_portal.operations.Backend`).

    What reads files and asks the broker is loaded when it is first needed: it brings the libraries
    of the import engine, which most pages do without.
    """

    def submit(self, values: Mapping[str, Any], user: AbstractBaseUser) -> ImportSession:
        """Queue an import.

        Raises:
            Refused: another import is active, or the broker is down.
            Unfit: the directory holds no file to import.
        """
        self._refuse_nothing(values)
        first, *rest = parameters_from(dict(values))
        then = rest[0] if rest else None
        try:
            return submit(first, user=user, retry_of=values["retry_of"], then=then)
        except ImportBusy as error:
            busy = error.session
            raise Refused(str(error), run_id=busy.pk if busy else None) from error
        except BrokerDown as error:
            raise Refused(str(error), run_id=error.session.pk, failed=True) from error

    def preflight(self, values: Mapping[str, Any], patience: float) -> Preflight:
        """Look at broker, worker, files, earlier imports and backup."""
        from .preflight import preflight  # noqa: PLC0415  (see above)

        kinds = IMPORT_TYPES[values["import_type"] or ImportType.CATALOG.value]
        return preflight(values, kinds, patience)

    def _refuse_nothing(self, values: Mapping[str, Any]) -> None:
        """Refuse an import of nothing, unless another one is to be shown instead.

        A worker that is missing is no reason: the session waits for one.
        """
        from . import contents  # noqa: PLC0415  (see above)
        from .looks import holds_xml  # noqa: PLC0415  (see above)

        directory = sources.resolve(values["source"])
        if holds_xml(directory) or ImportSession.objects.filter(status__in=ACTIVE).exists():
            return
        nothing = contents.nothing_there(directory)
        raise Unfit(f"{nothing.message} {nothing.advice}")

    def cancel(self, record: ImportSession, user: AbstractBaseUser, reason: str) -> Answer:
        """Ask a session to stop."""
        return control.cancelled(record, user, reason)

    def recover(self, record: ImportSession, user: AbstractBaseUser) -> Answer:
        """End a session whose process is gone or hangs."""
        return control.recovered(record, user)

    def tend(self) -> None:
        """End sessions whose process is gone, and remind workers of queued ones."""
        try:
            recover()
        except DatabaseError:
            log.exception("Recovery failed; the page is shown without it")

    def history(self) -> QuerySet[ImportSession]:
        """Give all sessions; a row of the table needs none of the large JSON columns."""
        return ImportSession.objects.defer("parameters", "source", "report_details")

    def blocks(self, values: Mapping[str, Any]) -> Sequence[Check]:
        """Give what broker, worker and directory lack for a start."""
        from .preflight import blocks  # noqa: PLC0415  (see above)

        return blocks(values)

    def running(self) -> Sequence[Run]:
        """Give the active session and whoever waits for it."""
        rows = ImportSession.objects.filter(status__in={*ACTIVE, Status.WAITING}).order_by("pk")
        return [present.run_of(session) for session in rows]

    def run(self, record: ImportSession) -> Run:
        """Give what every page shows of a session."""
        return present.run_of(record)

    def detail(self, record: ImportSession) -> Detail:
        """Give parameters, traces, counters and inputs."""
        return present.detail_of(record)

    def status(self, record: ImportSession) -> dict[str, Any]:
        """Give what programs may read."""
        return present.status_of(record)

    def issues(self, record: ImportSession) -> QuerySet[ImportIssue]:
        """Give the session's issues."""
        return record.issues.all()

    def log(self, record: ImportSession, *, problems: bool = False) -> QuerySet[ImportLogLine]:
        """Give the session's log, oldest first."""
        lines = record.log_lines.order_by("pk")
        return lines.exclude(level=LogLevel.INFO) if problems else lines

    def log_line(self, line: ImportLogLine) -> LogLine:
        """Give a log line in the reader's language."""
        return present.log_line_of(line)

    def changes(self, record: ImportSession, user: AbstractBaseUser) -> Changes:
        """Give what a dry run would create, change, hide and remove."""
        return dry_runs.changes_of(record, user)

    def brake(self, record: ImportSession, user: AbstractBaseUser) -> Brake | None:
        """Give the brake on mass hiding, if it would stop the real run."""
        return dry_runs.brake_of(record, user)

    def find(self, asked: str, user: AbstractBaseUser) -> Finding:
        """Look for a record by 1C id, article number, barcode, INN or e-mail address."""
        return find(asked, user)

    def repeat(
        self, record: ImportSession, *, real: bool = False, lifted: bool = False
    ) -> dict[str, Any]:
        """Give the form's values for the same import again.

        The brake on mass hiding is never lifted by repeating what lifted it.
        """
        given = record.parameters
        names = {str(source.path): source.name for source in sources.sources()}
        return {
            "import_type": record.import_type,
            "file_type": given.get("file_type", "all"),
            "chunk_size": given.get("chunk_size"),
            "dry_run": record.dry_run and not real,
            "skip_backup": bool(given.get("skip_backup")),
            "allow_mass_hide": lifted,
            "source": names.get(given.get("data_dir", ""), sources.sources()[0].name),
            "retry_of": record.pk,
        }
