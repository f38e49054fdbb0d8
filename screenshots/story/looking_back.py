"""The pages by which staff look back, once there is something to look at."""

from collections.abc import Iterator

from playwright.sync_api import Page

from apps.products.models import ImportIssue
from apps.users.models import User
from freesport.import_1c.words import SLUG
from ops_portal.models import SavedFilter

from ..shots import HISTORY, NARROW, PORTAL, Shot
from ..world import World

_FILTERED = "import_type=catalog&dry_run=false&started=week&sort=-started_at"
_SAVED = {
    "en": {"With issues": "has_issues=true", "Nightly": "trigger=schedule"},
    "ru": {"С замечаниями": "has_issues=true", "Ночные": "trigger=schedule"},
}


def start(_world: World) -> Iterator[Shot]:
    """Show the form with what an import would meet."""
    yield Shot("start", PORTAL)
    yield Shot("start-narrow", PORTAL, until="#start-form", width=NARROW)
    yield Shot("start-error", PORTAL, until=".panel:has(#start-form)", prepare=_ask_for_too_much)


def history(world: World) -> Iterator[Shot]:
    """Show the history: filtered, with its tools, and on the way out."""
    operator = User.objects.get(username="operator")
    for name, query in _SAVED[world.language].items():
        SavedFilter.objects.create(user=operator, operation=SLUG, name=name, query=query)
    yield Shot("history", f"{HISTORY}?{_FILTERED}")
    yield Shot("history-narrow", HISTORY, until="tbody tr:nth-child(4)", width=NARROW)
    yield Shot("history-columns", HISTORY, prepare=_open_columns)
    yield Shot("export", f"{HISTORY}export/?{_FILTERED}")


def records(_world: World) -> Iterator[Shot]:
    """Show what is told of a product that an import had an issue with."""
    issue = ImportIssue.objects.filter(code="text_too_long").latest("pk")
    yield Shot("find", f"{PORTAL}find/?q={issue.onec_id}")


def monitoring(_world: World) -> Iterator[Shot]:
    """Show the dashboard."""
    yield Shot("monitoring", "/admin/monitoring/dashboard/?period=30d", who="admin")


def _ask_for_too_much(page: Page) -> None:
    page.fill("[name=chunk_size]", "50000")
    page.locator("#start-form [type=submit]").click()
    page.wait_for_selector(".invalid-feedback")


def _open_columns(page: Page) -> None:
    page.locator("details.tool-menu > summary").first.click()
