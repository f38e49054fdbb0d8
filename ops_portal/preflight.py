"""What is found out before a run is started, in the portal's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .runs import Sheet


class Level(StrEnum):
    """How a check came out; each has an icon. What blocks keeps the start button off."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    BLOCK = "block"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what is so, and what to do about it; `run` is what it names."""

    title: str
    level: Level
    message: str
    advice: str = ""
    run: int | None = None


@dataclass(frozen=True)
class Preflight:
    """What a run started now would meet. Not `complete`: something is still being looked at."""

    checks: Sequence[Check]
    contents: Sheet | None = None
    complete: bool = True

    @property
    def blocks(self) -> list[Check]:
        """Give what keeps the start button off."""
        return [check for check in self.checks if check.level is Level.BLOCK]
