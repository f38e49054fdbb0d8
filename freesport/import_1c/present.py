"""An import session in the portal's words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.products.models import ImportLogLine, ImportSession
from apps.products.sessions import leases
from apps.products.sessions.states import RUNNING, Status
from apps.products.wording import reason_in_words
from ops_portal.runs import Amount, Code, Detail, Fact, LogLine, Run, Sheet, State

from . import words


def run_of(session: ImportSession) -> Run:
    """Give what every page shows of a session."""
    pulse = _pulse(session)
    state = State(session.status)
    if pulse and pulse.cancel_asked_by is not None:
        state = State.CANCELLING  # asked for; the open chunk holds the row with the status
    return Run(
        pk=session.pk,
        title=session.get_import_type_display(),
        state=state,
        state_label=str(Status(state.value).label),
        created_at=session.created_at,
        started_at=session.started_at,
        finished_at=session.finished_at,
        dry_run=session.dry_run,
        stage=words.entity(session.stage) if session.stage else "",
        done=session.progress_done,
        total=session.progress_total,
        starter=session.requested_by_name,
        trigger=session.get_trigger_display(),
        error=session.error_message,
        changed=session.changed_count,
        warnings=session.warning_count,
        errors=session.error_count,
        unmoved=pulse.unmoved if pulse and pulse.stalled else None,
        stopped_by=(pulse.cancel_asked_by or "") if pulse else "",
        note=_note(session),
    )


def _note(session: ImportSession) -> str:
    """Say what a session does before its first record, or what it means that it changed nothing."""
    if session.status == Status.STARTED:
        no_backup = session.dry_run or session.parameters.get("skip_backup")
        return "" if no_backup else _("Preparing: backing up and looking through the files.")
    if session.status != Status.COMPLETED or session.changed_count:
        return ""
    if session.dry_run:
        return _("Nothing would change: the data is the same as in the shop.")
    return _(
        "Nothing changed: the data was the same as in the shop. If you expected changes, check "
        "that a new export was copied."
    )


def _pulse(session: ImportSession) -> leases.Pulse | None:
    if session.status not in RUNNING:
        return None
    return next(iter(leases.pulses(RUNNING, session_id=session.pk)), None)


def status_of(session: ImportSession) -> dict[str, Any]:
    """Give what programs may read; names of stages and counters are not translated."""
    return run_of(session).as_json() | {
        "import_type": session.import_type,
        "stage": session.stage,
        "counters": session.counters,
    }


def detail_of(session: ImportSession) -> Detail:
    """Give parameters, traces, counters and inputs."""
    return Detail(
        parameters=list(_parameters(session)),
        traces=[fact for fact in _traces(session) if fact.value],
        counters=_counters(session.counters),
        inputs=_inputs(session.source),
        repeats=session.retry_of_id,
        repeated_by=list(session.retries.order_by("pk").values_list("pk", flat=True)[:20]),
        follows=session.follows_id,
        followed_by=list(session.followers.order_by("pk").values_list("pk", flat=True)),
    )


def log_line_of(line: ImportLogLine) -> LogLine:
    """Give a log line in the reader's language."""
    return LogLine(line.at, line.level, line.get_level_display(), line.sentence)


def _parameters(session: ImportSession) -> Iterator[Fact]:
    given: Mapping[str, Any] = session.parameters
    file_type = str(given.get("file_type", "all"))
    yield Fact(_("Directory"), given.get("data_dir", "—"), code=True)
    yield Fact(_("Scope"), words.FILE_TYPES.get(file_type, file_type))
    yield Fact(_("Records per step"), given.get("chunk_size", "—"))
    yield Fact(_("Dry run"), _yes_no(session.dry_run))
    yield Fact(_("Skip the backup"), _yes_no(bool(given.get("skip_backup"))))
    if given.get("allow_mass_hide"):
        yield Fact(_("Allow mass hiding"), _yes_no(True))


def _traces(session: ImportSession) -> Iterator[Fact]:
    yield Fact(_("Started by"), session.requested_by_name)
    yield Fact(_("Trigger"), session.get_trigger_display())
    yield Fact(_("Worker"), session.worker, code=True)
    yield Fact(_("Celery task"), session.celery_task_id, code=True)
    yield Fact(_("Backup file"), session.backup_path, code=True)


def _counters(counters: Mapping[str, Mapping[str, int]]) -> Sheet:
    """Lay out counters per entity, with the total as footer."""
    figures = dict(words.OUTCOMES)
    if any(row.get("absent") for row in counters.values()):
        figures["absent"] = words.ABSENT
    rows = [_counter_row(name, row, figures) for name, row in counters.items() if name != "total"]
    total = counters.get("total")
    return Sheet(
        caption=_("Counters"),
        headers=[_("Records"), *map(str, figures.values())],
        rows=rows,
        footer=_counter_row("total", total, figures) if total and rows else (),
    )


def _counter_row(name: str, row: Mapping[str, int], figures: Iterable[str]) -> list[Any]:
    return [words.entity(name), *(row.get(figure, 0) for figure in figures)]


def _inputs(source: Mapping[str, Any]) -> Sheet:
    return Sheet(
        caption=_("Files"),
        headers=[_("File"), _("Size"), _("Content"), _("SHA-256")],
        rows=[_input_row(file) for file in source.get("files", [])],
    )


def _input_row(file: Mapping[str, Any]) -> list[Any]:
    problem = file.get("problem")
    if problem:
        text = problem.get("text") if isinstance(problem, Mapping) else problem
        content = _("Cannot be read: %(reason)s") % {"reason": reason_in_words(str(text))}
    else:
        kinds = file.get("kinds", {}).items()
        content = ", ".join(f"{words.entity(kind)}: {count}" for kind, count in kinds)
    return [
        Code(file.get("name", "")),
        Amount(filesizeformat(file.get("size", 0))),
        content,
        Code(file.get("sha256", "")),
    ]


def _yes_no(value: bool) -> str:
    return _("yes") if value else _("no")
