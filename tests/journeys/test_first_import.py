"""The first import of a day, in a real browser: log in, start, watch, look back, take it along."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from apps.products.models import ImportSession, Product, VariantStock
from tests.journeys.steps import (
    PORTAL,
    held_at,
    log_in,
    read_csv,
    start_import,
    wait_for_end,
    watch_under_way,
)
from tests.support.people import People
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]

PRODUCTS = 200


@pytest.fixture
def export(data_root: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An export of an invented shop where the portal looks for one."""
    directory = data_root / "morning"
    call_command(
        "generate_1c_export", output=str(directory), products=PRODUCTS, customers=0, full=True
    )
    capsys.readouterr()
    return directory


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
