"""One import at a time: who comes second is led to it; an administrator stops it with a reason."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.products.models import ImportSession, Product
from apps.users.models import User
from tests.conftest import OpenWindow
from tests.journeys.steps import HISTORY, PORTAL, held_at, progress, start_import, wait_for_end
from tests.support.people import People
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def colleague(people: People) -> User:
    """Another operator."""
    user = User.objects.create_user("olga.operator", "olga@example.org", is_staff=True)
    user.groups.add(Group.objects.get(name="1C import operators"))
    return user


class TestTwoOperators:
    def test_the_second_lands_on_the_running_session_and_is_told_who_and_when(
        self,
        celery_worker: Worker,
        export: Path,
        window: Page,
        open_window: OpenWindow,
        colleague: User,
    ) -> None:
        other = open_window(colleague)
        other.goto(PORTAL)
        with held_at(Product):
            running = start_import(window)
            other.get_by_role("button", name="Start").click()
            expect(other).to_have_url(re.compile(f"/sessions/{running}/$"))
            said = other.get_by_role("status")
            expect(said).to_contain_text(f"#{running}")
            expect(said).to_contain_text("oleg.operator")
            started = timezone.localtime(ImportSession.objects.get().created_at)
            expect(said).to_contain_text(f"{started:%H:%M}")
        wait_for_end(other)
        assert ImportSession.objects.count() == 1


class TestAdministrator:
    def test_a_running_import_is_cancelled_with_a_reason(
        self,
        celery_worker: Worker,
        export: Path,
        window: Page,
        open_window: OpenWindow,
        people: People,
    ) -> None:
        admin = open_window(people.admin)
        with held_at(Product):
            running = start_import(window)
            expect(progress(window).get_by_text("Running", exact=True)).to_be_visible()
            admin.goto(f"{HISTORY}{running}/")
            admin.locator("summary", has_text="Cancel").click()
            admin.get_by_label("Reason").fill("Wrong price list")
            admin.get_by_role("button", name="Cancel this run").click()
            expect(progress(admin)).to_contain_text("anna.admin asked to cancel.")
            expect(progress(window)).to_contain_text("anna.admin asked to cancel.")
        wait_for_end(window, "Cancelled")
        for page in (window, admin):
            expect(progress(page)).to_contain_text("Wrong price list")
            expect(progress(page)).to_contain_text("anna.admin")
        assert ImportSession.objects.get().status == "cancelled"
