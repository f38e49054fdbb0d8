"""Where the import portal shows a session: for links from pages that may not import the portal.

The addresses below its first page are a contract (docs/architecture.md, "Addresses").
"""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

START = "import-1c:start"


def portal_address() -> str:
    """Give the address of the portal's first page, or "" while the portal is not there."""
    if not settings.OPS_PORTAL_ENABLED:
        return ""
    try:
        return reverse(START)
    except NoReverseMatch:
        return ""  # it is not mounted


def session_address(session_id: int) -> str:
    """Give the address of a session's page; the admin's own page while the portal is off."""
    if portal := portal_address():
        return f"{portal}sessions/{session_id}/"
    return reverse("admin:products_importsession_change", args=[session_id])


def failed_sessions_address(start: datetime, end: datetime) -> str:
    """Give the address of the history of failed sessions that started in a span of time.

    The portal's filters read whole seconds of local time; the admin's own list serves while the
    portal is off.
    """
    if portal := portal_address():
        since, until = (
            timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="seconds")
            for moment in (start, end)
        )
        filters = {"status": "failed", "started_after": since, "started_before": until}
        return f"{portal}sessions/?{urlencode(filters)}"
    filters = {
        "status__exact": "failed",
        "started_at__gte": start.isoformat(),
        "started_at__lt": end.isoformat(),
    }
    return f"{reverse('admin:products_importsession_changelist')}?{urlencode(filters)}"


def session_link(session_id: int | None) -> SafeString | str:
    """Give a link to a session's page, "–" without a session."""
    if session_id is None:
        return "–"
    return format_html('<a href="{}">#{}</a>', session_address(session_id), session_id)
