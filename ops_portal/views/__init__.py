"""The portal's pages. Each view gets its operation as a value from `urls`."""

from .control import Cancel, Recover
from .history import History
from .issues import Issues
from .session import Log, Session, Status
from .start import Start

__all__ = ["Cancel", "History", "Issues", "Log", "Recover", "Session", "Start", "Status"]
