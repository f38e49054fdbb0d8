"""One row per run of `clear_logins`: what the portal shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a run stands, by the portal's names (`ops_portal.runs.State`)."""

    RUNNING = "in_progress", _("Running")
    CANCELLING = "cancelling", _("Being cancelled")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (Status.RUNNING, Status.CANCELLING)


class Cleanup(models.Model):
    """One run. `days`: younger logins stay; `moved_at`: when it last saved its progress."""

    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.RUNNING
    )
    days = models.PositiveSmallIntegerField(_("days"))
    started_by = models.CharField(_("started by"), max_length=150, blank=True)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    moved_at = models.DateTimeField(_("moved"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    done = models.PositiveIntegerField(_("deleted"), default=0)
    total = models.PositiveIntegerField(_("to delete"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("cleanup")
        verbose_name_plural = _("cleanups")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(status__in=ACTIVE), name="one_active_cleanup"
            ),
        ]

    def __str__(self) -> str:
        return f"Cleanup #{self.pk}"
