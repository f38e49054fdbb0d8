"""The first import of a day, in a real browser: log in, start, watch, look back, take it along."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import Model
from playwright.sync_api import Download, Locator, Page, expect

from apps.products.models import ImportSession, Product, VariantStock
from tests.support.people import PASSWORD, People
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]

PORTAL = "/admin/products/import-1c/"
PRODUCTS = 200
FINISHED_WITHIN = 90_000  # milliseconds


@pytest.fixture
def export(data_root: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An export of an invented shop where the portal looks for one."""
    directory = data_root / "morning"
    call_command(
        "generate_1c_export", output=str(directory), products=PRODUCTS, customers=0, full=True
    )
    capsys.readouterr()
    return directory


def log_in(page: Page, name: str) -> None:
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
    expect(page).to_have_url(re.compile(r"/sessions/\d+/$"))
    return int(re.findall(r"/sessions/(\d+)/", page.url)[0])


def progress(page: Page) -> Locator:
    """The part of a session's page that moves by itself."""
    return page.get_by_role("region", name="Progress")


def wait_for_end(page: Page) -> None:
    ended = progress(page).get_by_text("Completed", exact=True)
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


def read_csv(download: Download) -> list[dict[str, str]]:
    """Return the rows of a downloaded CSV file; English pages separate by comma."""
    raw = Path(download.path()).read_bytes()
    assert raw.count(b"\xef\xbb\xbf") == 1
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


class TestFirstImport:
    def test_an_operator_starts_an_import_watches_it_finish_and_takes_the_history_along(
        self, celery_worker: Worker, people: People, export: Path, page: Page
    ) -> None:
        log_in(page, people.operator.username)
        rehearsal = start_import(page, dry_run=True)
        wait_for_end(page)
        assert Product.objects.count() == 0

        page.goto(PORTAL)
        with held_at(VariantStock):
            real = start_import(page)
            watch_under_way(page)
        wait_for_end(page)
        assert page.evaluate("window.loadedOnce"), "the page was loaded again"
        assert Product.objects.count() == PRODUCTS
        counters = page.get_by_role("row", name=re.compile("Products"))
        expect(counters.get_by_role("cell", name=str(PRODUCTS), exact=True).first).to_be_visible()

        page.get_by_role("link", name="History").first.click()
        rows = page.get_by_role("table").locator("tbody tr")
        expect(rows).to_have_count(2)
        page.get_by_text("Filters", exact=True).click()
        filters = page.get_by_role("search", name="Filters")
        filters.get_by_label("Dry run").select_option(label="No")
        filters.get_by_role("button", name="Apply").click()
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text(people.operator.username)
        expect(page.get_by_role("link", name=re.compile("Clear Dry run"))).to_be_visible()

        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        table = read_csv(download.value)
        assert [row["No."] for row in table] == [str(real)]
        assert people.operator.username in table[0].values()
        assert "Completed" in table[0].values()
        assert {rehearsal, real} == set(ImportSession.objects.values_list("pk", flat=True))
