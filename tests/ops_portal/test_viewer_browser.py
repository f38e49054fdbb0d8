"""A viewer in Chromium: finds last week's failures, keeps the filter, takes a file along."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.steps import read_csv
from tests.ops_portal.conftest import HISTORY, PORTAL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUTTONS_OF_OTHERS = "#start-form, form[action*=cancel], form[action*=recover]"


@pytest.fixture
def failures(make_session):
    """Two failures of the last days, an old one, and a success."""
    now = timezone.now()
    failed = {"status": "failed", "error_message": "=1+1"}
    make_session(started_at=now - timedelta(days=30), **failed)
    make_session()
    return [
        make_session(started_at=now - timedelta(days=days), requested_by_name="+7", **failed)
        for days in (2, 1)
    ]


class TestViewer:
    def test_last_weeks_failures_are_filtered_saved_and_exported_for_a_russian_excel(
        self, open_window, people, failures
    ):
        page = open_window(people.viewer, locale="ru-RU")
        page.goto(HISTORY)
        page.get_by_role("link", name="Последние 7 дней").click()
        page.get_by_text("Фильтры", exact=True).click()
        page.get_by_role("checkbox", name="Ошибка").check()
        page.get_by_role("button", name="Применить").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page.locator(".pills .pill")).to_have_count(2)

        page.locator("summary", has_text="Сохранить фильтры").click()
        page.get_by_label("Название", exact=True).fill("Сбои недели")
        page.get_by_role("button", name="Сохранить", exact=True).click()
        page.goto(HISTORY)
        page.get_by_role("link", name="Сбои недели").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page).to_have_url(re.compile("started=week"))

        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        today = timezone.localdate()
        assert download.value.suggested_filename == f"import-1c-{today:%Y-%m-%d}.csv"
        rows = read_csv(download.value, ";")
        assert [row["№"] for row in rows] == [str(session.pk) for session in failures[::-1]]
        assert {row["Кто запустил"] for row in rows} == {"'+7"}
        local = [timezone.localtime(session.started_at) for session in failures[::-1]]
        assert [row["Начало (Europe/Moscow)"] for row in rows] == [
            f"{time:%Y-%m-%d %H:%M:%S}" for time in local
        ]
        assert LogEntry.objects.get().user == people.viewer

    def test_nothing_can_be_started_or_stopped(self, open_window, people, running):
        page = open_window(people.viewer)
        for address in (PORTAL, HISTORY, f"{HISTORY}{running.pk}/"):
            page.goto(address)
            assert page.locator(BUTTONS_OF_OTHERS).count() == 0, address
            assert page.get_by_role("link", name="Run again").count() == 0, address


class TestNobody:
    def pages(self, session):
        """Give the addresses of the portal, and the dashboard."""
        own = f"{HISTORY}{session.pk}/"
        parts = ("", "issues/", "log/", "changes/", "status/")
        places = (PORTAL, HISTORY, f"{HISTORY}export/", f"{PORTAL}find/")
        return [*places, *(own + part for part in parts), "/admin/monitoring/dashboard/"]

    @pytest.mark.parametrize("visitor", ["nobody", "customer"])
    def test_strangers_and_customers_see_a_login(self, open_window, people, make_session, visitor):
        page = open_window(getattr(people, visitor, None))
        for address in self.pages(make_session(dry_run=True)):
            page.goto(address)
            assert page.url.partition("?next=")[2] == address
            expect(page.locator("#id_password")).to_be_visible()

    def test_staff_without_the_right_see_a_refusal(self, open_window, people, make_session):
        page = open_window(people.staff)
        for address in self.pages(make_session(dry_run=True)):
            answer = page.goto(address)
            assert answer.status == 403, address
            assert "oleg.operator" not in page.content()
