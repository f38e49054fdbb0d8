"""The sessions that were opened last, fit for a list."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from apps.common.portal_links import session_address
from apps.products.models import ImportSession

HOW_MANY = 10
HEAVY_COLUMNS = ("parameters", "source", "report_details")


@dataclass(frozen=True)
class RecentSession:
    """A session with the address of its page and its duration in words."""

    session: ImportSession
    address: str
    duration: str


def recent_sessions(limit: int = HOW_MANY) -> list[RecentSession]:
    """Give the last sessions, the newest first, in one query."""
    sessions = ImportSession.objects.defer(*HEAVY_COLUMNS).order_by("-pk")[:limit]
    return [
        RecentSession(session, session_address(session.pk), duration_words(session.duration_ms))
        for session in sessions
    ]


def duration_words(milliseconds: int | None) -> str:
    """Give "0.4 s", "42 s", "3 min 5 s" or "2 h 10 min"; "" while a session has not ended."""
    if milliseconds is None:
        return ""
    if milliseconds < 10_000:
        return _("%(seconds)s s") % {"seconds": number_format(milliseconds / 1000, 1)}
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, rest = divmod(minutes, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
    return _("%(seconds)d s") % {"seconds": seconds}
