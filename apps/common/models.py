"""Audit logs that others read: a `SyncLog` per run, a `CustomerSyncLog` per touched customer."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SyncStatus(models.TextChoices):
    """How a run ended."""

    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class SyncLog(models.Model):
    """One run of an import, catalogue or customers, real or dry."""

    sync_type = models.CharField(_("type"), max_length=20)
    status = models.CharField(_("status"), max_length=20, choices=SyncStatus.choices)
    started_at = models.DateTimeField(_("started"))
    completed_at = models.DateTimeField(_("finished"), null=True, blank=True)
    records_processed = models.BigIntegerField(_("records"), default=0)
    errors_count = models.BigIntegerField(_("errors"), default=0)
    error_details = models.JSONField(_("error details"), default=list, blank=True)
    duration_ms = models.BigIntegerField(_("duration, ms"), null=True, blank=True)
    correlation_id = models.UUIDField(_("correlation id"), default=uuid.uuid4)
    session = models.ForeignKey(
        "products.ImportSession",
        verbose_name=_("session"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sync_logs",
    )

    class Meta:
        verbose_name = _("sync log")
        verbose_name_plural = _("sync logs")
        ordering = ["-id"]
        indexes = [
            # Holds all that the monitoring counts, so that no row need be fetched for it.
            models.Index(
                fields=["started_at"],
                include=["sync_type", "status", "duration_ms", "records_processed", "errors_count"],
                name="synclog_period_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sync_type} {self.started_at:%Y-%m-%d %H:%M}: {self.get_status_display()}"


class CustomerSyncLog(models.Model):
    """What an import did with one customer."""

    class Operation(models.TextChoices):
        """What was done."""

        CREATED = "created", pgettext_lazy("customer", "Created")
        UPDATED = "updated", pgettext_lazy("customer", "Updated")
        UNCHANGED = "unchanged", _("Unchanged")
        HIDDEN = "hidden", _("Deactivated")
        SKIPPED = "skipped", pgettext_lazy("customer", "Skipped")
        CONFLICT = "conflict", _("Conflict")
        FAILED = "failed", _("Failed")

    class Outcome(models.TextChoices):
        """Whether it went well."""

        SUCCESS = "success", _("Success")
        WARNING = "warning", _("Warning")
        FAILED = "failed", _("Failed")

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sync_logs",
    )
    operation_type = models.CharField(_("operation"), max_length=20, choices=Operation.choices)
    status = models.CharField(_("status"), max_length=20, choices=Outcome.choices)
    details = models.JSONField(_("details"), default=dict, blank=True)
    duration_ms = models.BigIntegerField(
        _("duration, ms"),
        null=True,
        blank=True,
        help_text=_("From the start of the customer's chunk until the customer was written."),
    )
    correlation_id = models.UUIDField(
        _("correlation id"), default=uuid.uuid4, help_text=_("The same in all logs of one run.")
    )
    session = models.ForeignKey(
        "products.ImportSession",
        verbose_name=_("session"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="customer_sync_logs",
    )
    onec_id = models.CharField(_("1C id"), max_length=80, blank=True, default="")
    error_message = models.TextField(_("error"), blank=True, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("customer sync log")
        verbose_name_plural = _("customer sync logs")
        ordering = ["-id"]
        indexes = [
            # Rows are only ever appended, so that a period lies together: a few pages of index,
            # which cost an import next to nothing.
            BrinIndex(
                fields=["created_at"],
                name="customersynclog_period_idx",
                pages_per_range=32,
                autosummarize=True,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.onec_id}: {self.get_operation_type_display()}"
