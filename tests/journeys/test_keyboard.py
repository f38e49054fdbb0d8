"""Hands that never touch a mouse: start, watch, cancel, and find the run again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.products.models import Product
from tests.journeys.steps import held_at, number_of, progress, wait_for_end
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def press_at(page: Page, target: Locator, key: str) -> None:
    """Press Tab until the element has the focus and shows it, then the key."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => element.matches(':focus-visible')")
            page.keyboard.press(key)
            return
    raise AssertionError(f"Tab does not reach {target}")


class TestKeyboardAlone:
    def test_an_import_is_started_watched_cancelled_and_found_again(
        self, celery_worker: Worker, export: Path, window: Page
    ) -> None:
        press_at(window, window.get_by_label("Skip the backup"), "Space")
        with held_at(Product):
            press_at(window, window.get_by_role("button", name="Start"), "Enter")
            number = number_of(window)
            expect(progress(window).get_by_text("Running", exact=True)).to_be_visible()
            press_at(window, window.locator("summary", has_text="Cancel"), "Enter")
            press_at(window, window.get_by_label("Reason"), "x")
            window.keyboard.press("Enter")
            expect(progress(window)).to_contain_text("oleg.operator asked to cancel.")
        wait_for_end(window, "Cancelled")

        press_at(window, window.get_by_role("link", name="History").first, "Enter")
        press_at(window, window.locator("summary", has_text="Filters"), "Enter")
        press_at(window, window.get_by_role("checkbox", name="Cancelled"), "Space")
        press_at(window, window.get_by_role("button", name="Apply"), "Enter")
        expect(window).to_have_url(re.compile("status=cancelled"))
        expect(window.locator("tbody tr")).to_have_count(1)
        press_at(window, window.get_by_role("link", name=f"#{number}"), "Enter")
        wait_for_end(window, "Cancelled")
