"""The portal's pages. Each view gets its operation as a value from `urls`."""

from .changes import Changes
from .control import Cancel, Recover
from .find import Find
from .history import Export, History
from .history_choices import ChooseView, DeleteFilter, SaveFilter
from .issues import Issues
from .session import Log, Session, Status
from .start import Start

__all__ = [
    "Cancel",
    "Changes",
    "ChooseView",
    "DeleteFilter",
    "Export",
    "Find",
    "History",
    "Issues",
    "Log",
    "Recover",
    "SaveFilter",
    "Session",
    "Start",
    "Status",
]
