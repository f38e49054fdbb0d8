"""What people do in the portal, step by step, and what they see there."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.models import Model
from playwright.sync_api import Download, Locator, Page, expect

from tests.support.people import PASSWORD

PORTAL = "/admin/products/import-1c/"
HISTORY = f"{PORTAL}sessions/"
FINISHED_WITHIN = 90_000  # milliseconds


def log_in(page: Page, name: str) -> None:
    """Log in at the portal's door."""
    page.goto(PORTAL)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import from 1C")


def start_import(page: Page, *, dry_run: bool = False) -> int:
    """Start an import without a backup; return its number."""
    page.get_by_label("Skip the backup").check()
    page.get_by_label("Dry run").set_checked(dry_run)
    page.get_by_role("button", name="Start").click()
    return number_of(page)


def number_of(page: Page) -> int:
    """Wait for the page of a session; return its number."""
    expect(page).to_have_url(re.compile(r"/sessions/\d+/$"))
    return int(re.findall(r"/sessions/(\d+)/", page.url)[0])


def progress(page: Page) -> Locator:
    """The part of a session's page that moves by itself."""
    return page.get_by_role("region", name="Progress")


def wait_for_end(page: Page, status: str = "Completed") -> None:
    """Wait until the session on the page has ended like this."""
    ended = progress(page).get_by_text(status, exact=True)
    expect(ended).to_be_visible(timeout=FINISHED_WITHIN)


@contextmanager
def held_at(model: type[Model]) -> Iterator[None]:
    """Let an import come no further than its first write to a table, as long as this lasts."""
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN EXCLUSIVE MODE")
        yield
    finally:
        other.close()


def watch_under_way(page: Page) -> None:
    """See the bar move, and mark the page, to know it again at the end."""
    page.evaluate("window.loadedOnce = true")
    bar = page.get_by_role("progressbar", name="Progress")
    expect(bar).to_have_attribute("value", re.compile("[1-9]"), timeout=FINISHED_WITHIN)
    expect(progress(page).get_by_text("Running", exact=True)).to_be_visible()


def read_csv(download: Download, separator: str = ",") -> list[dict[str, str]]:
    """Return the rows of a downloaded CSV file; English pages separate by comma."""
    raw = Path(download.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\xef\xbb\xbf") == 1
    text = io.StringIO(raw.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=separator))
