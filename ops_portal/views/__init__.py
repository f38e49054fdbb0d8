"""The portal's pages. Each view gets its operation as a value from `urls`."""

from .history import History
from .issues import Issues
from .session import Log, Session, Status
from .start import Start

__all__ = ["History", "Issues", "Log", "Session", "Start", "Status"]
