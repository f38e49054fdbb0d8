"""One picture to take: what to open, and what to do before."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

PORTAL = "/admin/products/import-1c/"
HISTORY = f"{PORTAL}sessions/"
WIDE = 1280
NARROW = 360


def nothing(_page: Page) -> None:
    """Take the page as it opens."""


@dataclass(frozen=True)
class Shot:
    """A page in a state.

    `until` is a selector: the picture ends below the first element that fits, at the page's end
    where it is empty. `who` is the user who looks, `prepare` what they do before.
    """

    name: str
    path: str
    until: str = ""
    who: str = "operator"
    prepare: Callable[[Page], None] = nothing
    width: int = WIDE


def session_path(pk: int) -> str:
    """Give the address of a session's page."""
    return f"{HISTORY}{pk}/"
