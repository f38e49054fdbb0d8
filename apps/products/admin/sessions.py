"""Import sessions and their issues, to look at. Starting and stopping is the portal's."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin.readonly import ReadOnlyAdmin, pretty_json
from apps.common.portal_links import portal_address, session_address, session_link

from ..models import ImportIssue, ImportSession


@admin.register(ImportSession)
class ImportSessionAdmin(ReadOnlyAdmin[ImportSession]):
    """One execution of an import. Each leads to its page in the portal."""

    list_display = [
        "id",
        "import_type",
        "status",
        "dry_run",
        "requested_by_name",
        "trigger",
        "created_at",
        "duration",
        "changed_count",
        "warning_count",
        "error_count",
        "portal_page",
    ]
    list_filter = ["status", "import_type", "trigger", "dry_run"]
    search_fields = ["=id", "requested_by_name"]
    search_help_text = _("Number of the session, or who started it.")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "portal_page",
                    ("import_type", "status", "dry_run"),
                    ("trigger", "requested_by_name"),
                    "error_message",
                    "issues_link",
                ]
            },
        ),
        (
            _("Time"),
            {"fields": ["created_at", "started_at", "finished_at", "duration"]},
        ),
        (
            _("Figures"),
            {
                "fields": [
                    ("stage", "progress_done", "progress_total"),
                    ("changed_count", "warning_count", "error_count"),
                    "counters_shown",
                ]
            },
        ),
        (
            _("Inputs"),
            {"fields": ["parameters_shown", "source_shown", "retry_link", "follows_link"]},
        ),
        (_("Machinery"), {"fields": ["worker", "celery_task_id", "backup_path"]}),
    ]
    readonly_fields = [
        "portal_page",
        "issues_link",
        "duration",
        "counters_shown",
        "parameters_shown",
        "source_shown",
        "retry_link",
        "follows_link",
        "created_at",
    ]

    @admin.display(description=_("portal"))
    def portal_page(self, session: ImportSession) -> SafeString | str:
        """Link to the session in the portal, while the portal is switched on."""
        if not portal_address():
            return "–"
        return format_html(
            '<a href="{}">{}</a>', session_address(session.pk), _("Open in the portal")
        )

    @admin.display(description=_("issues"))
    def issues_link(self, session: ImportSession) -> SafeString:
        """Link to the session's issues: they may be thousands."""
        address = reverse("admin:products_importissue_changelist")
        return format_html(
            '<a href="{}?session__id__exact={}">{}</a>', address, session.pk, _("Show the issues")
        )

    @admin.display(description=_("duration, s"), ordering="duration_ms")
    def duration(self, session: ImportSession) -> str:
        """Seconds from the claim to the end."""
        return "–" if session.duration_ms is None else f"{session.duration_ms / 1000:.1f}"

    @admin.display(description=_("counters"))
    def counters_shown(self, session: ImportSession) -> SafeString:
        """Counters as indented JSON."""
        return pretty_json(session.report_details)

    @admin.display(description=_("parameters"))
    def parameters_shown(self, session: ImportSession) -> SafeString:
        """Parameters as indented JSON."""
        return pretty_json(session.parameters)

    @admin.display(description=_("source"))
    def source_shown(self, session: ImportSession) -> SafeString:
        """What lay in the data directory, as indented JSON."""
        return pretty_json(session.source)

    @admin.display(description=_("repeats"))
    def retry_link(self, session: ImportSession) -> SafeString | str:
        """Link to the session that this one repeats."""
        return session_link(session.retry_of_id)

    @admin.display(description=_("follows"))
    def follows_link(self, session: ImportSession) -> SafeString | str:
        """Link to the session that had to complete first."""
        return session_link(session.follows_id)


@admin.register(ImportIssue)
class ImportIssueAdmin(ReadOnlyAdmin[ImportIssue]):
    """Issues of all sessions. Whoever may see sessions may see what went wrong in them."""

    list_display = [
        "id",
        "session_page",
        "severity",
        "code",
        "entity",
        "onec_id",
        "file",
        "line",
    ]
    list_filter = ["severity"]
    search_fields = ["=onec_id", "=code"]
    search_help_text = _("The whole 1C id, or the code of the issue.")
    ordering = ["-id"]
    fields = [
        "session_page",
        "severity",
        "sentence",
        "code",
        "entity",
        "onec_id",
        "file",
        "line",
        "params_shown",
    ]
    readonly_fields = ["session_page", "sentence", "params_shown"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Ask for the permission to see sessions."""
        return request.user.has_perm("products.view_importsession")

    @admin.display(description=_("session"), ordering="session_id")
    def session_page(self, issue: ImportIssue) -> SafeString | str:
        """Link to the session."""
        return session_link(issue.session_id)

    @admin.display(description=_("what happened"))
    def sentence(self, issue: ImportIssue) -> str:
        """The issue in the reader's language."""
        return issue.sentence

    @admin.display(description=_("parameters"))
    def params_shown(self, issue: ImportIssue) -> SafeString:
        """Parameters as indented JSON."""
        return pretty_json(issue.params)
