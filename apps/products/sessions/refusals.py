"""Those who came second: the session that was in their way keeps a line about each."""

from ..models import ImportLogLine, ImportSession
from ..models.sessions import LogLevel
from .states import Trigger

# A script that tries every second must not fill the log.
MOST_LINES = 50


def note_refusal(active: ImportSession | None, who: str, trigger: Trigger) -> None:
    """Leave a line in the active session's log: who wanted to start another import."""
    if active is None:
        return
    lines = ImportLogLine.objects.filter(session=active, code="refused_another")
    if lines.count() < MOST_LINES:
        lines.create(
            session=active,
            code="refused_another",
            level=LogLevel.INFO,
            params={"who": who or trigger.value},
        )
