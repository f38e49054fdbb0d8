"""The history in Chromium: by keyboard alone, without scripts, narrow, and while it lives."""

from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from apps.products.models import ImportSession
from apps.users.models import User
from ops_portal.models import SavedFilter
from tests.ops_portal.conftest import HISTORY
from tests.support.everybody import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page, target):
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


@pytest.fixture
def plain_page(browser, live_portal, staff_page):
    """The operator's page in a browser that runs no scripts."""
    context = browser.new_context(
        base_url=live_portal,
        locale="en-US",
        java_script_enabled=False,
        storage_state=staff_page.context.storage_state(),
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def other_page(browser, live_portal, staff_page):
    """The operator's page in a window whose console may tell of refused requests."""
    context = browser.new_context(
        base_url=live_portal,
        locale="en-US",
        storage_state=staff_page.context.storage_state(),
    )
    yield context.new_page()
    context.close()


class TestKeyboard:
    def test_columns_are_chosen_without_a_mouse(self, staff_page, make_session):
        make_session(status="failed", error_message="No space left.")
        staff_page.goto(HISTORY)
        tab_to(staff_page, staff_page.locator("summary", has_text="Columns"))
        staff_page.keyboard.press("Enter")
        tab_to(staff_page, staff_page.get_by_label("Error", exact=True))
        staff_page.keyboard.press("Space")
        tab_to(staff_page, staff_page.get_by_role("button", name="Show these columns"))
        staff_page.keyboard.press("Enter")
        expect(staff_page.locator("td[data-column=error]")).to_have_text("No space left.")
        staff_page.goto(HISTORY)
        expect(staff_page.locator("td[data-column=error]")).to_have_count(1)

    def test_escape_closes_the_menu_and_gives_the_focus_back(self, staff_page):
        staff_page.goto(HISTORY)
        summary = staff_page.locator("summary", has_text="Columns")
        summary.press("Enter")
        tab_to(staff_page, staff_page.locator("#column-import_type"))
        staff_page.keyboard.press("Escape")
        expect(staff_page.locator("details.tool-menu[open]")).to_have_count(0)
        expect(summary).to_be_focused()

    def test_filters_are_saved_applied_and_deleted_without_a_mouse(self, staff_page, make_session):
        make_session()
        staff_page.goto(f"{HISTORY}?status=failed")
        tab_to(staff_page, staff_page.locator("summary", has_text="Save filters"))
        staff_page.keyboard.press("Enter")
        tab_to(staff_page, staff_page.get_by_label("Name", exact=True))
        staff_page.keyboard.type("Broken nights")
        staff_page.keyboard.press("Enter")
        expect(staff_page.get_by_role("status")).to_contain_text("Saved as “Broken nights”.")
        staff_page.goto(HISTORY)
        tab_to(staff_page, staff_page.get_by_role("link", name="Broken nights"))
        staff_page.keyboard.press("Enter")
        expect(staff_page.locator(".pill", has_text="Status: Failed")).to_have_count(1)
        tab_to(staff_page, staff_page.get_by_role("button", name="Delete the saved filter"))
        staff_page.keyboard.press("Enter")
        expect(staff_page.get_by_role("status")).to_contain_text("Deleted the saved filter")
        assert not SavedFilter.objects.exists()
        assert staff_page.url.endswith("?status=failed")


class TestWithoutJavaScript:
    def test_columns_page_size_and_export_are_plain_forms(self, plain_page, make_session):
        for _ in range(30):
            make_session()
        plain_page.goto(HISTORY)
        plain_page.locator("summary", has_text="Columns").click()
        plain_page.get_by_label("Trigger").last.uncheck()
        plain_page.get_by_role("button", name="Show these columns").click()
        expect(plain_page.locator("td[data-column=trigger]")).to_have_count(0)
        plain_page.get_by_role("button", name="50").click()
        expect(plain_page.locator("tbody tr")).to_have_count(30)
        plain_page.get_by_role("link", name="Export…").click()
        expect(plain_page.locator("h2").first).to_have_text("30 rows")
        plain_page.get_by_label("All columns").check()
        plain_page.select_option("#id__separator", "tab")
        with plain_page.expect_download() as download:
            plain_page.get_by_role("button", name="Download").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert len(text.splitlines()[0].split("\t")) == 12


class TestLive:
    def test_an_open_menu_with_a_half_made_choice_survives_the_refresh(self, staff_page, at_work):
        staff_page.goto(HISTORY)
        staff_page.locator("summary", has_text="Columns").click()
        box = staff_page.get_by_label("Trigger").last
        box.uncheck()
        ImportSession.objects.filter(pk=at_work.pk).update(changed_count=77)
        expect(staff_page.locator(f"#run-{at_work.pk}-changed")).to_have_text("77")
        expect(box).not_to_be_checked()
        expect(box).to_be_visible()
        expect(box).to_be_focused()

    def test_selected_text_and_scroll_stay(self, staff_page, at_work):
        staff_page.set_viewport_size({"width": 600, "height": 500})
        staff_page.goto(f"{HISTORY}?columns=all")
        wrap = staff_page.locator(".table-wrap")
        wrap.evaluate("element => { element.scrollLeft = 120 }")
        staff_page.evaluate(
            "id => getSelection().selectAllChildren(document.getElementById(id))",
            f"run-{at_work.pk}-status",
        )
        selected = staff_page.evaluate("getSelection().toString()")
        ImportSession.objects.filter(pk=at_work.pk).update(changed_count=77)
        for _ in range(2):
            with staff_page.expect_response(lambda answer: "_part=cells" in answer.url):
                pass
        assert staff_page.evaluate("getSelection().toString()") == selected
        assert wrap.evaluate("element => element.scrollLeft") == 120

    def test_the_history_has_a_switch_while_something_runs(self, staff_page, at_work):
        staff_page.goto(HISTORY)
        expect(staff_page.get_by_role("button", name="Pause updates")).to_be_visible()
        ImportSession.objects.update(status="failed")
        staff_page.reload()
        expect(staff_page.get_by_role("button", name="Pause updates")).to_have_count(0)

    def test_an_expired_login_is_said_on_the_page_and_ends_the_asking(self, other_page, at_work):
        other_page.goto(HISTORY)
        cell = other_page.locator(f"#run-{at_work.pk}-status")
        before = cell.inner_text()
        Session.objects.all().delete()
        expect(other_page.locator("#signed-out")).to_contain_text("no longer logged in")
        assert cell.inner_text() == before
        link = other_page.get_by_role("link", name="Log in again")
        assert link.get_attribute("href") == f"/admin/login/?next={HISTORY}"
        asked = []
        other_page.on("request", lambda request: asked.append(request.url))
        other_page.wait_for_timeout(4500)
        assert not asked


class TestEverybody:
    @pytest.fixture
    def states(self, staff_page, at_work, make_session):
        """Every state of these pages: an address, and the menu to open on it."""
        make_session(status="failed", error_message="No space left on the device.")
        SavedFilter.objects.create(
            user=User.objects.get(username="oleg.operator"),
            operation="import-1c",
            name="x" * 60,
            query="status=failed",
        )
        return {
            "columns": (f"{HISTORY}?columns=all", "Columns"),
            "save": (f"{HISTORY}?status=failed", "Save filters"),
            "filters": (f"{HISTORY}?status=failed&started=week", "Filters"),
            "export": (f"{HISTORY}export/?status=failed", None),
            "bad export": (f"{HISTORY}export/?colour=red", None),
        }

    def test_axe_finds_nothing_and_everything_fits_a_narrow_screen(self, staff_page, states):
        found = []
        for name, (address, menu) in states.items():
            _show(staff_page, address, menu)
            if report := barriers(staff_page) + too_wide(staff_page):
                found.append(f"{name}: {report}")
        assert not found, "\n".join(found)


def _show(page, address, menu):
    page.goto(address)
    if menu:
        page.locator("summary", has_text=menu).first.click()
