"""The start page stays open while the worker stops and comes back: its button follows."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.monitoring.health.worker import REMEMBER_SECONDS, answering_workers
from tests.conftest import OpenWindow
from tests.journeys.steps import PORTAL
from tests.support.people import People
from tests.support.processes import wait_until
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]

# What the page waits before it asks again; with what the server remembers, within 30 seconds.
ASKED_AGAIN = 30 - int(REMEMBER_SECONDS)
# The page's clock runs on meanwhile: longer than this would let it ask later than promised.
SLOW_MACHINE_MS = 25_000


@pytest.fixture
def start(celery_worker: Worker, export: Path, open_window: OpenWindow, people: People) -> Page:
    """The start page with a clock that the test turns."""
    page = open_window(people.operator)
    page.clock.install()
    page.goto(PORTAL)
    return page


def pass_time(page: Page) -> None:
    """Let half a minute pass on the page and in the server's memory."""
    answering_workers.forget()
    page.clock.fast_forward(ASKED_AGAIN * 1000)


class TestWorkerStops:
    def test_the_open_page_says_so_and_turns_green_again(
        self, celery_worker: Worker, start: Page
    ) -> None:
        panel, button = start.locator("#preflight"), start.get_by_role("button", name="Start")
        expect(panel).to_contain_text("Found in the directory")
        expect(panel).to_contain_text("1 worker answers and takes imports.")
        expect(button).to_be_enabled()

        celery_worker.stop()
        pass_time(start)
        expect(panel).to_contain_text("No worker answers", timeout=SLOW_MACHINE_MS)
        expect(panel).to_contain_text("Ask your administrator to start the import worker.")
        expect(button).to_be_disabled()

        celery_worker.start()
        wait_until(celery_worker.answers, 60, celery_worker.text)
        pass_time(start)
        expect(panel).to_contain_text("1 worker answers", timeout=SLOW_MACHINE_MS)
        expect(button).to_be_enabled()

    def test_a_page_whose_updates_are_paused_asks_nobody_until_they_go_on(
        self, start: Page
    ) -> None:
        expect(start.locator("#preflight")).to_contain_text("Found in the directory")
        start.get_by_role("button", name="Pause updates").click()
        asked: list[str] = []
        start.on("request", lambda request: asked.append(request.url))
        start.clock.fast_forward(60_000)
        start.get_by_label("Dry run").check()  # asks by itself: a request that is waited for
        expect(start.locator("#summary")).to_contain_text("Nothing in the shop changes")
        assert not [url for url in asked if "preflight" in url and "dry_run" not in url]
        start.get_by_role("button", name="Updates are paused").click()
        with start.expect_request(lambda request: "_part=preflight" in request.url):
            start.clock.fast_forward(60_000)
