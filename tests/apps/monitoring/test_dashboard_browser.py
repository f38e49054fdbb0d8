"""The dashboard in Chromium: for everyone, in each theme and language, on every screen."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.apps.monitoring.past import make_past
from tests.support.everybody import barriers
from tests.support.people import PASSWORD, People

ADDRESS = "/admin/monitoring/dashboard/"


@pytest.mark.browser
class TestInBrowser:
    """In each language and theme, from a telephone to a wide screen."""

    @pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
    @pytest.mark.parametrize("language", ["en", "ru"])
    def test_axe_finds_nothing_and_the_console_stays_clean(
        self, page: Page, live_portal: str, people: People, language: str, filled: bool
    ) -> None:
        if filled:
            make_past(1, timezone.now())
        page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_portal}]
        )
        self.enter(page, people)
        for summary in page.locator(".mon-chart summary").all():
            summary.click()
        for width in (320, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert barriers(page) == ""

    def test_the_charts_numbers_unfold_without_a_script(self, page: Page, people: People) -> None:
        make_past(1, timezone.now())
        self.enter(page, people)
        table = page.locator("#runs-by-day details table")
        expect(table).to_be_hidden()
        page.locator("#runs-by-day summary").click()
        expect(table).to_be_visible()
        assert page.locator("#runs-by-day rect").count() > 0

    def test_a_period_is_one_click_away(self, page: Page, people: People) -> None:
        self.enter(page, people)
        page.get_by_role("link", name="Last 90 days").click()
        expect(page.locator(".mon-periods [aria-current]")).to_have_text("Last 90 days")

    def enter(self, page: Page, people: People) -> None:
        page.goto(f"/admin/login/?next={ADDRESS}")
        page.fill("#id_username", people.viewer.username)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_selector(".monitoring")
