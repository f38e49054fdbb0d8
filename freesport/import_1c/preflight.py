"""What an import started now would meet: broker and worker, files, earlier imports, backup."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.common.commerceml import Inventory, Kind, NoDirectory
from apps.monitoring.health import ComponentHealth
from apps.monitoring.health.broker import broker_health
from apps.monitoring.health.worker import worker_health
from apps.products.models import ImportSession
from apps.products.sessions.states import ImportType, Status
from ops_portal.preflight import Check, Level, Preflight
from ops_portal.runs import Run
from ops_portal.templatetags.ops import duration, number

from . import contents, sources, words
from .backup_outlook import backup_check
from .looks import holds_xml, looks
from .present import run_of


def preflight(
    values: Mapping[str, Any], import_types: Sequence[ImportType], patience: float
) -> Preflight:
    """Look at everything that the form's values ask for, for about `patience` seconds at most."""
    directory = sources.resolve(values["source"])
    kinds = [contents.kinds_of(kind, values["file_type"]) for kind in import_types]
    data, inventory = _look(directory, frozenset[Kind]().union(*kinds), patience)
    checks = [*_queue(), *data]
    for import_type in import_types:
        checks += _history(import_type, values, inventory)
    checks += _rehearsed(values.get("retry_of"), values, inventory)
    return Preflight(
        [*checks, backup_check(values)],
        contents.sheet_of(inventory) if inventory and inventory.readable else None,
        complete=inventory is not None or any(check.level is Level.BLOCK for check in data),
    )


def blocks(values: Mapping[str, Any]) -> list[Check]:
    """Give what prevents a start, without a look into the files."""
    directory = sources.resolve(values["source"])
    there = [] if holds_xml(directory) else [contents.nothing_there(directory)]
    return [check for check in (*_queue(), *there) if check.level is Level.BLOCK]


def _queue() -> list[Check]:
    broker = broker_health()
    return [_health(broker), _health(worker_health(broker_works=broker.works))]


def _health(component: ComponentHealth) -> Check:
    level = Level.OK if component.works else Level.BLOCK
    return Check(component.title, level, component.message, component.advice)


def _look(
    directory: Path, kinds: frozenset[Kind], patience: float
) -> tuple[list[Check], Inventory | None]:
    try:
        inventory = looks.at(directory, patience)
    except NoDirectory as error:
        return [contents.unreadable(error)], None
    if inventory is None:
        return [contents.being_looked_at()], None
    return contents.found(inventory, kinds, directory), inventory


def _history(
    import_type: ImportType, values: Mapping[str, Any], inventory: Inventory | None
) -> Iterator[Check]:
    """Compare with the last import of this type, and say how long one took."""
    done = ImportSession.objects.filter(import_type=import_type, status=Status.COMPLETED)
    last = done.filter(dry_run=False).order_by("-pk").first()
    if inventory is not None and inventory.readable:
        yield _compared(import_type, values, inventory, last)
    alike = done.filter(
        dry_run=values["dry_run"], parameters__file_type=_scope(import_type, values)
    )
    timed = alike.order_by("-pk").first()
    if timed is not None:
        yield _took(import_type, run_of(timed))


def _scope(import_type: ImportType, values: Mapping[str, Any]) -> str:
    return "all" if import_type is ImportType.CUSTOMERS else str(values["file_type"])


def _compared(
    import_type: ImportType,
    values: Mapping[str, Any],
    inventory: Inventory,
    last: ImportSession | None,
) -> Check:
    title = _("Since the last import (%(type)s)") % {"type": import_type.label.lower()}
    if last is None:
        return Check(title, Level.NOTE, _("Nothing has been imported completely yet."))
    if differs := contents.difference(inventory, last.source):
        text = _("The files differ from those of session #%(id)s (%(difference)s).")
        return Check(title, Level.OK, text % {"id": last.pk, "difference": differs}, run=last.pk)
    scope = last.parameters.get("file_type", "all")
    if scope not in {"all", _scope(import_type, values)}:
        text = _("Same files as session #%(id)s, which imported less (%(scope)s).")
        said = text % {"id": last.pk, "scope": words.FILE_TYPES.get(scope, scope)}
        return Check(title, Level.OK, said, run=last.pk)
    if _changed_since(last):
        text = _("Same files as session #%(id)s; an import since then has changed the shop.")
        return Check(title, Level.OK, text % {"id": last.pk}, run=last.pk)
    advice = _("If you expect changes, check that the new export was copied.")
    return Check(title, Level.WARNING, _same(import_type) % {"id": last.pk}, advice, last.pk)


def _same(import_type: ImportType) -> str:
    if import_type is ImportType.CUSTOMERS:
        return _(
            "Same files as session #%(id)s: nothing will change, unless accounts were edited in "
            "the shop."
        )
    return _("Same files as session #%(id)s: nothing will change, unless pictures were added.")


def _changed_since(last: ImportSession) -> bool:
    """Whether an import that did not complete has written something after the last that did."""
    later = ImportSession.objects.filter(import_type=last.import_type, pk__gt=last.pk)
    return later.filter(Q(changed_count__gt=0), dry_run=False).exists()


def _took(import_type: ImportType, run: Run) -> Check:
    text = _("Such a run took %(duration)s last time, for %(records)s records.")
    return Check(
        _("Duration (%(type)s)") % {"type": import_type.label.lower()},
        Level.OK,
        text % {"duration": duration(run.elapsed), "records": number(run.done)},
        run=run.pk,
    )


def _rehearsed(
    session: object, values: Mapping[str, Any], inventory: Inventory | None
) -> Iterator[Check]:
    """Warn when the files are no longer those whose dry run the visitor has looked at."""
    if not isinstance(session, ImportSession) or inventory is None:
        return
    if values["dry_run"] or not session.dry_run:
        return
    if differs := contents.difference(inventory, session.source):
        yield Check(
            _("Since the dry run"),
            Level.WARNING,
            _("The files are not those of dry run #%(id)s any more (%(difference)s).")
            % {"id": session.pk, "difference": differs},
            _("Make another dry run to learn what they would do."),
            session.pk,
        )
