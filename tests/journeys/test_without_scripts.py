"""A browser without JavaScript: pages reload themselves, and every button is a plain form."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.products.models import ImportSession, Product
from tests.conftest import OpenWindow
from tests.journeys.steps import HISTORY, PORTAL, held_at, number_of, progress, wait_for_end
from tests.support.people import People
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def plain(open_window: OpenWindow, people: People) -> Page:
    """The operator's window."""
    return open_window(people.operator, java_script_enabled=False)


class TestWithoutScripts:
    def test_an_import_is_looked_at_first_started_cancelled_and_repeated(
        self, celery_worker: Worker, export: Path, plain: Page
    ) -> None:
        plain.goto(PORTAL)
        plain.get_by_role("link", name="Look at what the run will meet first").click()
        expect(plain.locator("#preflight")).to_contain_text("Found in the directory")
        plain.get_by_label("Skip the backup").check()
        with held_at(Product):
            plain.get_by_role("button", name="Start").click()
            first = number_of(plain)
            expect(progress(plain).get_by_text("Running", exact=True)).to_be_visible()
            plain.locator("summary", has_text="Cancel").click()
            plain.get_by_label("Reason").fill("Wrong day")
            plain.get_by_role("button", name="Cancel this run").click()
            expect(progress(plain)).to_contain_text("asked to cancel")
        wait_for_end(plain, "Cancelled")
        plain.get_by_role("link", name="Run again").click()
        plain.get_by_role("button", name="Start").click()
        expect(plain.get_by_role("link", name=f"#{first}")).to_be_visible()
        wait_for_end(plain)
        assert ImportSession.objects.filter(retry_of=first, status="completed").count() == 1

    def test_a_record_is_found_and_filters_are_saved(
        self, celery_worker: Worker, export: Path, plain: Page
    ) -> None:
        plain.goto(PORTAL)
        plain.get_by_label("1C id, article number").fill("p1")
        plain.get_by_role("button", name="Find").click()
        expect(plain.locator("h1")).to_have_text("Why is this missing?")
        plain.goto(f"{HISTORY}?status=failed")
        plain.locator("summary", has_text="Save filters").click()
        plain.get_by_label("Name", exact=True).fill("Broken")
        plain.get_by_role("button", name="Save", exact=True).click()
        plain.goto(HISTORY)
        plain.get_by_role("link", name="Broken").click()
        expect(plain).to_have_url(re.compile("status=failed"))
        plain.get_by_role("button", name="Delete the saved filter").click()
        expect(plain.get_by_role("link", name="Broken")).to_have_count(0)
