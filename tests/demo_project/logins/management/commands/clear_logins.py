"""Delete logins that have expired."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from logins.models import ACTIVE, Cleanup, Status

CHUNK = 100


class Command(BaseCommand):
    """Deletes chunk by chunk, and notes in the run's row how far it has come."""

    help = "Delete logins that have expired."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age, or the row of a run that the portal has begun."""
        parser.add_argument("--days", type=int, default=7, help="younger logins stay")
        parser.add_argument("--cleanup", type=int, help="the row of a run that was begun")

    def handle(self, *_args: Any, days: int, cleanup: int | None, **_options: Any) -> None:
        """Run, and note the end whatever it is."""
        row = Cleanup.objects.get(pk=cleanup) if cleanup else Cleanup.objects.create(days=days)
        try:
            finished = clear(row)
        except Exception as error:
            end(row, Status.FAILED, f"It failed: {error}. Run it again.")
            raise
        if finished:
            end(row, Status.COMPLETED)
        else:
            end(row, Status.CANCELLED, "Cancelled. What was deleted stays deleted.")


def clear(row: Cleanup) -> bool:
    """Delete, and say whether it came to its end: staff may have cancelled the run."""
    before = timezone.now() - timedelta(days=row.days)
    expired = Session.objects.filter(expire_date__lt=before).order_by("pk")
    keys = list(expired.values_list("pk", flat=True))
    for done in range(0, len(keys), CHUNK):
        if not save_progress(row, done, len(keys)):
            return False
        Session.objects.filter(pk__in=keys[done : done + CHUNK]).delete()
    return save_progress(row, len(keys), len(keys))


def save_progress(row: Cleanup, done: int, total: int) -> bool:
    """Save how far the run has come, and say whether it is to go on."""
    active = Cleanup.objects.filter(pk=row.pk, status__in=ACTIVE)
    active.update(done=done, total=total, moved_at=timezone.now())
    return active.filter(status=Status.RUNNING).exists()


def end(row: Cleanup, status: Status, error: str = "") -> None:
    """Note the end, unless it was noted already."""
    active = Cleanup.objects.filter(pk=row.pk, status__in=ACTIVE)
    active.update(status=status, finished_at=timezone.now(), error=error)
