"""The wish to stop an import: from a signal, from its worker's shutdown, from staff."""

import mmap
import threading

from celery import signals
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import ImportLease, ImportSession
from ..sessions.cancelling import sentence
from ..sessions.leases import Wish

# A byte that a worker shares with the processes it forks: its own signal handler is the only one
# that learns of a shutdown, and the import runs in a child.
_worker_ends = mmap.mmap(-1, 1)


@signals.worker_shutting_down.connect
def _tell_children(**_details: object) -> None:
    _worker_ends[0] = 1


@signals.worker_init.connect
def _begin(**_details: object) -> None:
    _worker_ends[0] = 0


class StopWish:
    """Honoured at the next chunk, and while a backup is made. Safe to ask from any thread."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def set(self) -> None:
        """Ask to stop."""
        self._asked.set()

    def is_set(self) -> bool:
        """Whether somebody wants the import to stop."""
        return self._asked.is_set() or self.worker_ends

    @property
    def worker_ends(self) -> bool:
        """Whether the worker that runs this import is being shut down."""
        return bool(_worker_ends[0])

    def wait(self, seconds: float) -> bool:
        """Wait for the wish; say whether it came."""
        return self._asked.wait(seconds) or self.worker_ends


def why_stopped(session: ImportSession, stop: StopWish, written: int) -> str:
    """Say who stopped the import, how much it had written, and why if they said so."""
    lease = ImportLease.objects.filter(pk=session.pk, cancel_requested_at__isnull=False).first()
    told = _written(written)
    if lease is not None:
        wish = Wish(lease.cancel_requested_by, lease.cancel_reason)
        return sentence(" ".join([_("Cancelled by %(who)s."), told]), wish)
    if stop.worker_ends:
        return " ".join([_("The worker was shut down. Run the import again to complete it."), told])
    return " ".join([_("Stopped on request."), told])


def _written(count: int) -> str:
    return ngettext(
        "%(count)s change was already written and stays.",
        "%(count)s changes were already written and stay.",
        count,
    ) % {"count": number_format(count, force_grouping=True)}
