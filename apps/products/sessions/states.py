"""States of an import session and every move between them.

Nothing else in the project decides whether a move is allowed: the modules beside this one write
each as a compare-and-swap UPDATE whose WHERE clause comes from `TRANSITIONS`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportType(models.TextChoices):
    """What is imported."""

    CATALOG = "catalog", _("Catalogue")
    CUSTOMERS = "customers", _("Customers")


class Trigger(models.TextChoices):
    """How an import was started."""

    PORTAL = "portal", _("Portal")
    CLI = "cli", _("Command line")
    SCHEDULE = "schedule", _("Schedule")


class Status(models.TextChoices):
    """Where a session stands."""

    WAITING = "waiting", _("Waiting")
    PENDING = "pending", _("Queued")
    STARTED = "started", _("Starting")
    IN_PROGRESS = "in_progress", _("Running")
    CANCELLING = "cancelling", _("Cancelling")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# One session for all imports may be in one of these; a partial unique constraint says so.
ACTIVE = frozenset({Status.PENDING, Status.STARTED, Status.IN_PROGRESS, Status.CANCELLING})
# A process works on the session and holds its token.
RUNNING = frozenset({Status.STARTED, Status.IN_PROGRESS, Status.CANCELLING})
FINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.WAITING: frozenset(
        {
            Status.PENDING,  # its predecessor completed
            Status.CANCELLED,  # its predecessor did not complete, or staff cancelled
            Status.FAILED,  # it came back with a restored backup
        }
    ),
    Status.PENDING: frozenset(
        {
            Status.STARTED,  # a worker claimed it
            Status.CANCELLED,  # staff cancelled before anybody began
            Status.FAILED,  # it could not be handed to a worker
        }
    ),
    Status.STARTED: frozenset(
        {
            Status.IN_PROGRESS,  # backup and inventory are done, records are read
            Status.CANCELLING,  # staff asked to stop
            Status.CANCELLED,  # the process was told to stop
            Status.FAILED,  # backup, inventory or the process itself failed
        }
    ),
    Status.IN_PROGRESS: frozenset(
        {
            Status.CANCELLING,  # staff asked to stop
            Status.CANCELLED,  # the process was told to stop
            Status.COMPLETED,  # the last chunk is committed
            Status.FAILED,  # an error ended the run, or its process died
        }
    ),
    Status.CANCELLING: frozenset(
        {
            Status.CANCELLED,  # the importer stopped at a chunk's end
            Status.FAILED,  # it died before it could stop
            Status.COMPLETED,  # the last chunk was already committed
        }
    ),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}


def sources_of(target: Status) -> frozenset[Status]:
    """Give the statuses from which `target` may be reached."""
    return frozenset(status for status, targets in TRANSITIONS.items() if target in targets)
