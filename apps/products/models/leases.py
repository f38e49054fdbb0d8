"""The small, busy row beside an active session: signs of life, and the wish to stop.

It is apart from the session's row because an open chunk holds that one locked: a heartbeat or a
request to cancel must not wait for it. It goes when the session ends.
"""

from django.db import models
from django.db.models.functions import Now

from .sessions import ImportSession


class ImportLease(models.Model):
    """What keeps an active session its place. Times are the database's clock.

    Written by hand-made SQL in `apps.products.sessions.leases`: `Now()` would be the time at which
    the transaction began.
    """

    session = models.OneToOneField(
        ImportSession, primary_key=True, on_delete=models.CASCADE, related_name="lease"
    )
    # The last sign of life of the process that works on the session.
    beat_at = models.DateTimeField(db_default=Now())
    # When the last chunk was committed, and which: after a lost connection it tells whether the
    # COMMIT that nobody answered took place.
    moved_at = models.DateTimeField(db_default=Now())
    chunk = models.BigIntegerField(default=0)
    # The database's process that serves the writer: recovery ends it when the writer froze.
    backend_pid = models.IntegerField(null=True)
    backend_start = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.CharField(max_length=255, default="")
    cancel_reason = models.CharField(max_length=500, default="")
    # How often, and when last, a queued session's message was published.
    published_at = models.DateTimeField(null=True)
    publications = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "import_leases"

    def __str__(self) -> str:
        return f"lease of session #{self.session_id}"
