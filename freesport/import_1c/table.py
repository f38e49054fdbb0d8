"""The history and the issues of imports as tables."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.products.models import ImportIssue, ImportSession
from ops_portal.tables import OperationTable
from ops_portal.templatetags.ops import duration, moment, number

from . import words
from .present import run_of


class SessionTable(OperationTable):
    """One row per session. Sorted by any column, newest first."""

    live = ("status", "started_at", "finished_at", "duration", "changed", "issues", "error")
    times = frozenset({"started_at", "finished_at"})
    optional = frozenset({"finished_at", "error"})
    numbers = frozenset({"changed", "duration"})
    row_header = "id"
    indexed = True
    caption = _("Import sessions")
    file_titles: ClassVar[dict[str, Any]] = {"duration": _("Duration, s")}
    value_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        "duration": ("duration_ms",),
        "issues": ("error_count", "warning_count"),
    }

    id = tables.Column(_("No."))
    import_type = tables.Column(_("Type"))
    status = tables.Column(_("Status"))
    dry_run = tables.Column(_("Dry run"))
    requested_by = tables.Column(_("Started by"), accessor="requested_by_name")
    trigger = tables.Column(_("Trigger"))
    started_at = tables.Column(_("Started"))
    duration = tables.Column(
        pgettext_lazy("column", "Duration"), accessor="duration_ms", empty_values=()
    )
    changed = tables.Column(_("Changed"), accessor="changed_count")
    issues = tables.Column(
        _("Issues"), accessor="error_count", order_by=("error_count", "warning_count")
    )
    # Not sorted by: the order by end is that by start, and nobody reads sentences in their order.
    finished_at = tables.Column(_("Finished"), orderable=False)
    error = tables.Column(_("Error"), accessor="error_message", orderable=False)

    class Meta(OperationTable.Meta):
        order_by = "-id"

    def is_live(self, record: ImportSession) -> bool:
        """Whether the session may still change."""
        return run_of(record).active

    def render_id(self, record: ImportSession) -> SafeString:
        """Link to the session; the way back keeps the list's filters."""
        return format_html('<a href="{}">#{}</a>', self._address("session", record), record.pk)

    def render_status(self, record: ImportSession) -> SafeString:
        """Show the tag, with the dry run unmistakable."""
        return render_to_string("ops/_tag.html", {"run": run_of(record)})

    def render_dry_run(self, value: bool) -> SafeString | str:
        """Mark a dry run; others stay blank."""
        return render_to_string("ops/_dry_run.html") if value else "—"

    def render_started_at(self, record: ImportSession) -> SafeString:
        """Show when it was claimed."""
        return moment(record.started_at, short=True)

    def render_finished_at(self, record: ImportSession) -> SafeString:
        """Show when it ended."""
        return moment(record.finished_at, short=True)

    def render_duration(self, record: ImportSession) -> str:
        """Show how long it took, or has taken so far."""
        return duration(run_of(record).elapsed)

    def values_duration(self, durations: Sequence[int | None]) -> list[float | None]:
        """Give seconds."""
        return [None if duration is None else duration / 1000 for duration in durations]

    def render_changed(self, record: ImportSession) -> str:
        """Show the number of records written."""
        return number(record.changed_count)

    def render_issues(self, record: ImportSession) -> SafeString | str:
        """Show errors and warnings apart, with a link to them."""
        address = self._address("issues", record)
        return render_to_string("ops/_issue_count.html", {"run": run_of(record), "url": address})

    def values_issues(self, errors: Sequence[int], warnings: Sequence[int]) -> list[int]:
        """Give errors and warnings together."""
        return list(map(sum, zip(errors, warnings, strict=True)))

    def _address(self, page: str, record: ImportSession) -> str:
        """Give the address of a session's page, which leads back to this list."""
        address = reverse(f"{words.SLUG}:{page}", args=[record.pk])
        return f"{address}?{urlencode({'list': self.state})}" if self.state else address


class IssueTable(OperationTable):
    """One row per issue of a session."""

    numbers = frozenset({"line"})
    caption = _("Issues")

    severity = tables.Column(_("Severity"))
    sentence = tables.Column(_("What happened, what to do"), order_by=("code",))
    entity = tables.Column(_("Kind"))
    onec_id = tables.Column(_("1C id"))
    file = tables.Column(_("File"))
    line = tables.Column(_("Line"))

    class Meta(OperationTable.Meta):
        order_by = ()

    def render_severity(self, record: ImportIssue) -> SafeString:
        """Show icon and word."""
        context = {"severity": record.severity, "label": record.get_severity_display()}
        return render_to_string("ops/_severity.html", context)

    def render_entity(self, value: str) -> str:
        """Give the entity's word."""
        return words.entity(value)

    def value_entity(self, record: ImportIssue) -> str:
        """Give the entity's word."""
        return words.entity(record.entity) if record.entity else ""

    def render_onec_id(self, value: str) -> SafeString:
        """Set the id in a typewriter face; it may break anywhere."""
        return format_html('<code class="id">{}</code>', value)

    def render_file(self, value: str) -> SafeString:
        """Set the name in a typewriter face."""
        return format_html('<code class="id">{}</code>', value)
