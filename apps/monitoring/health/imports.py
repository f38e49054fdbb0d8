"""How long ago each type of import last succeeded."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.products.models import ImportSession
from apps.products.sessions.states import ImportType, Status

from .components import ComponentHealth, State


def imports_health() -> list[ComponentHealth]:
    """Say, for each type of import, how old its last success is. Dry runs are none."""
    return list(_each())


def _each() -> Iterator[ComponentHealth]:
    for kind in ImportType:
        try:
            last = last_success(kind)
        except (DatabaseError, InterfaceError):
            yield _health(
                kind,
                State.UNKNOWN,
                _("The database does not answer."),
                _("Mend the database first."),
            )
        else:
            yield _told(kind, last)


def last_success(kind: ImportType) -> ImportSession | None:
    """Give the last completed session of a type, with its number and times only."""
    completed = ImportSession.objects.filter(
        import_type=kind, status=Status.COMPLETED, dry_run=False
    )
    return completed.only("pk", "created_at", "finished_at").order_by("-pk").first()


def _told(kind: ImportType, session: ImportSession | None) -> ComponentHealth:
    hours = settings.MONITORING_IMPORT_MAX_AGE_HOURS[kind.value]
    if session is None:
        return _health(
            kind,
            State.WARNING if hours else State.OK,
            _("No import of this type has succeeded yet."),
            _("Start one when its data have arrived.") if hours else "",
        )
    ended = session.finished_at or session.created_at
    said = _("It last succeeded %(age)s ago.") % {"age": timesince(ended, depth=1)}
    if hours and timezone.now() - ended > timedelta(hours=hours):
        return _health(
            kind,
            State.WARNING,
            said,
            _("That is longer than it should be. Look why later ones failed, or start one."),
            session.pk,
        )
    return _health(kind, State.OK, said, session=session.pk)


def _health(
    kind: ImportType, state: State, message: str, advice: str = "", session: int | None = None
) -> ComponentHealth:
    titles = {
        ImportType.CATALOG: _("Import of the catalogue"),
        ImportType.CUSTOMERS: _("Import of customers"),
    }
    return ComponentHealth(f"import_{kind.value}", titles[kind], state, message, advice, session)
