"""Import sessions with what they leave behind: issues and log lines."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Coalesce, Now, Upper
from django.utils.translation import gettext_lazy as _

from ..figures import in_order
from ..sessions.states import ACTIVE, ImportType, Status, Trigger
from .kinds import kind_column

# What the history is sorted by, the id apart, each with the name of its indexes.
SORTED_BY = {
    "type": ("import_type",),
    "status": ("status",),
    "dry_run": ("dry_run",),
    "name": ("requested_by_name",),
    "trigger": ("trigger",),
    "start": ("started_at",),
    "duration": ("duration_ms",),
    "changed": ("changed_count",),
    "issues": ("error_count", "warning_count"),
}
# What sessions of a kind differ in.
_OPEN = ("name", "start", "duration", "changed", "issues")
_BY_HAND = models.Q(requested_by__isnull=False)
# Numbers of sessions are looked at in blocks of so many (freesport/import_1c/near.py).
BLOCK = 8192


def _orders(
    prefix: str, *first: str, names: Iterable[str] = SORTED_BY, **options: Any
) -> list[Any]:
    """Give an index for each order, within equal values of the columns `first`."""
    return [
        models.Index(
            fields=[*first, *SORTED_BY[name], "id"], name=f"import_sess_{prefix}_{name}", **options
        )
        for name in names
    ]


def _holding_all(column: str, **options: Any) -> models.Index:
    """Give a filter's index that holds all that is sorted by, so that no row is read for it."""
    include = [name for names in SORTED_BY.values() for name in names if name != column]
    return models.Index(fields=[column, "id"], include=include, **options)


class ImportSession(models.Model):
    """One execution of an import. The row is the truth about it, whoever runs it.

    Only `apps.products.sessions` moves `status`.
    """

    import_type = models.CharField(_("type"), max_length=20, choices=ImportType.choices)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PENDING
    )
    trigger = models.CharField(_("trigger"), max_length=20, choices=Trigger.choices)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,  # the index (requested_by, id) begins with it
    )
    requested_by_name = models.CharField(
        _("started by"),
        max_length=255,
        blank=True,
        default="",
        help_text=_("Stays when the user is deleted."),
    )
    parameters = models.JSONField(_("parameters"), default=dict)
    dry_run = models.BooleanField(_("dry run"), default=False)
    source = models.JSONField(
        _("source"), default=dict, help_text=_("What lay in the data directory.")
    )
    stage = models.CharField(_("stage"), max_length=30, blank=True, default="")
    progress_done = models.BigIntegerField(_("records done"), default=0)
    progress_total = models.BigIntegerField(_("records in all"), null=True, blank=True)
    report_details = models.JSONField(_("counters"), default=dict)
    changed_count = models.BigIntegerField(
        _("changed"), default=0, help_text=_("Records created, updated or hidden.")
    )
    warning_count = models.BigIntegerField(_("warnings"), default=0)
    error_count = models.BigIntegerField(_("errors"), default=0)
    error_message = models.TextField(_("error"), blank=True, default="")
    celery_task_id = models.CharField(_("Celery task"), max_length=64, blank=True, default="")
    worker = models.CharField(_("worker"), max_length=255, blank=True, default="")
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    duration_ms = models.BigIntegerField(_("duration, ms"), null=True, blank=True)
    follows = models.ForeignKey(
        "self",
        verbose_name=_("follows"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="followers",
    )
    retry_of = models.ForeignKey(
        "self",
        verbose_name=_("repeats"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="retries",
    )
    backup_path = models.CharField(_("backup"), max_length=1000, blank=True, default="")
    # Proof of ownership: only the process that holds the token may write for this session.
    token = models.UUIDField(null=True, editable=False)
    kind = kind_column()

    class Meta:
        db_table = "import_sessions"
        verbose_name = _("import session")
        verbose_name_plural = _("import sessions")
        ordering = ["-id"]
        get_latest_by = "id"
        permissions = [
            ("run_import", _("Can start an import")),
            ("cancel_import", _("Can cancel an import")),
            ("export_importsession", _("Can export the import history")),
            ("allow_mass_hide", _("Can lift the brake on mass hiding")),
        ]
        constraints = [
            # One active import at a time, dry runs included. A constant is indexed, so that all
            # active rows collide whatever their columns hold.
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(status__in=sorted(ACTIVE)),
                name="import_sessions_one_active",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(Status)), name="import_sessions_status_known"
            ),
            # What has no kind would be in no filtered list.
            models.CheckConstraint(
                condition=models.Q(kind__isnull=False), name="import_sessions_kind_known"
            ),
        ]
        # The history sorts by any of its columns, the id last and in the same direction, and shows
        # a page at once however many sessions there are (ops_portal/pages.py).
        indexes = [
            *_orders("by", names=[name for name in SORTED_BY if name != "start"]),
            _holding_all("started_at", name="import_sess_by_start"),
            # The first of each kind. Bounds of the length cut through kinds.
            models.Index(fields=["kind", "id"], include=["duration_ms"], name="import_sess_kind"),
            *_orders("kind", "kind", names=_OPEN, include=["duration_ms"]),
            # What somebody started: in life few of all. Others than mine may be nobody's.
            models.Index(fields=["requested_by", "id"], name="import_sess_starter"),
            *_orders("starter", "requested_by", condition=_BY_HAND),
            _holding_all(
                "requested_by_name",
                condition=models.Q(requested_by_name__gt=""),
                name="import_sess_named",
            ),
            models.Index(models.F("id") / BLOCK, "started_at", "id", name="import_sess_by_block"),
            # Text anywhere in it: UPPER is what Django makes of `icontains`.
            GinIndex(OpClass(Upper("error_message"), name="gin_trgm_ops"), name="import_sess_text"),
            # When a session began, or was asked for if it never did: the dashboard's periods.
            models.Index(Coalesce("started_at", "created_at"), name="import_sess_began_idx"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_import_type_display()}: {self.get_status_display()}"

    @property
    def is_active(self) -> bool:
        """Whether the session holds the one place for imports."""
        return self.status in ACTIVE

    @property
    def counters(self) -> dict[str, dict[str, int]]:
        """Counters by entity, with "total"; empty before the first chunk."""
        return in_order(self.report_details.get("counters", {}))


class Severity(models.TextChoices):
    """How bad an issue is: a warning was dealt with, an error cost a record or a file."""

    WARNING = "warning", _("Warning")
    ERROR = "error", _("Error")


class ImportIssue(models.Model):
    """One bad record or file. The sentence is rendered from `code` and `params` for its reader."""

    session = models.ForeignKey(
        ImportSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="issues"
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    code = models.CharField(_("code"), max_length=50)
    params = models.JSONField(_("parameters"), default=dict)
    entity = models.CharField(_("entity"), max_length=30, blank=True, default="")
    onec_id = models.CharField(_("1C id"), max_length=255, blank=True, default="")
    file = models.CharField(_("file"), max_length=1000, blank=True, default="")
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)

    class Meta:
        verbose_name = _("import issue")
        verbose_name_plural = _("import issues")
        ordering = ["id"]
        indexes = [
            # All issues of one record over all sessions; what names no record is not looked for.
            models.Index(
                fields=["onec_id", "entity", "id"],
                condition=~models.Q(onec_id=""),
                name="import_issue_by_record",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What happened and what to do in 1C, in the reader's language."""
        from ..issues import sentence_for  # noqa: PLC0415  (texts load after the app registry)

        return sentence_for(self.code, self.params)


class LogLevel(models.TextChoices):
    """How loud a log line is."""

    INFO = "info", _("Information")
    WARNING = "warning", _("Warning")
    ERROR = "error", _("Error")


class ImportLogLine(models.Model):
    """A line of a session's log, written on a connection of its own while the run goes on."""

    session = models.ForeignKey(
        ImportSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="log_lines"
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    level = models.CharField(_("level"), max_length=10, choices=LogLevel.choices)
    code = models.CharField(_("code"), max_length=50)
    params = models.JSONField(_("parameters"), default=dict)

    class Meta:
        verbose_name = _("log line")
        verbose_name_plural = _("log lines")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        from ..log_texts import sentence_for  # noqa: PLC0415  (texts load after the app registry)

        return sentence_for(self.code, self.params)
