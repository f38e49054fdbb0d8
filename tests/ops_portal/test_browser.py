"""In Chromium: pages change by themselves, obey the strict policy, and suit everyone."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.products.models import ImportSession
from tests.ops_portal.conftest import HISTORY, PORTAL
from tests.support.everybody import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def end(session):
    """Complete a session behind the page's back."""
    ImportSession.objects.filter(pk=session.pk).update(
        status="completed", progress_done=120, finished_at=timezone.now(), changed_count=5
    )


class TestLive:
    def test_the_start_page_follows_the_run_to_its_end(self, staff_page, at_work):
        staff_page.goto(PORTAL)
        card = staff_page.locator(f"#run-{at_work.pk}-card")
        expect(card).to_contain_text("30 of 120")
        ImportSession.objects.filter(pk=at_work.pk).update(progress_done=90)
        expect(card).to_contain_text("90 of 120")
        end(at_work)
        expect(card).to_contain_text("Completed")
        expect(staff_page.locator("[id^=run-][hx-trigger^=every]")).to_have_count(0)

    def test_the_history_changes_only_the_cells_of_the_active_row(
        self, staff_page, at_work, make_session
    ):
        make_session()
        staff_page.goto(f"{HISTORY}?sort=id&per_page=50")
        staff_page.evaluate("document.querySelector('.ops-table').dataset.mine = 'kept'")
        end(at_work)
        expect(staff_page.locator(f"#run-{at_work.pk}-status")).to_contain_text("Completed")
        expect(staff_page.locator(f"#run-{at_work.pk}-changed")).to_have_text("5")
        expect(staff_page.locator(".ops-table[data-mine=kept]")).to_have_count(1)
        assert staff_page.url.endswith("?sort=id&per_page=50")

    def test_the_session_page_follows_too(self, staff_page, at_work):
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        end(at_work)
        expect(staff_page.locator("#live")).to_contain_text("Would change")
        expect(staff_page.locator("[hx-trigger^=every]")).to_have_count(0)

    def test_focus_is_not_taken_away(self, staff_page, at_work):
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        link = staff_page.get_by_role("link", name="Whole log")
        link.focus()
        ImportSession.objects.filter(pk=at_work.pk).update(progress_done=90)
        with staff_page.expect_response(lambda answer: "_part=live" in answer.url):
            pass
        expect(link).to_be_focused()
        staff_page.get_by_role("heading", level=1).click()
        expect(staff_page.locator("#live")).to_contain_text("90 of 120")

    def test_scroll_and_an_open_form_stay(self, staff_page, at_work):
        staff_page.set_viewport_size({"width": 600, "height": 400})
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        staff_page.locator("#controls summary").click()
        reason = staff_page.get_by_label("Reason")
        reason.fill("Half a rea")
        staff_page.evaluate("scrollTo(0, 250)")
        ImportSession.objects.filter(pk=at_work.pk).update(progress_done=90)
        expect(staff_page.locator("#live")).to_contain_text("90 of 120")
        assert staff_page.evaluate("scrollY") == 250
        expect(reason).to_have_value("Half a rea")
        expect(reason).to_be_focused()

    def test_quarters_and_the_end_alone_are_read_out(self, staff_page, at_work):
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        staff_page.evaluate(
            """() => {
                const place = document.querySelector("#announcer[aria-live=polite]");
                window.said = [];
                new MutationObserver(() => window.said.push(place.textContent))
                    .observe(place, {childList: true, characterData: true, subtree: true});
            }"""
        )
        live = staff_page.locator("#live")
        for done in (31, 58, 60):
            ImportSession.objects.filter(pk=at_work.pk).update(progress_done=done)
            expect(live).to_contain_text(f"{done} of 120")
        end(at_work)
        expect(live).to_contain_text("Would change")
        name = f"Catalogue #{at_work.pk}"
        assert staff_page.evaluate("said") == [f"{name}: Running, 50 %", f"{name}: Completed"]

    def test_updates_can_be_paused(self, staff_page, at_work):
        staff_page.goto(PORTAL)
        staff_page.get_by_role("button", name="Pause updates").click()
        asked = []
        staff_page.on("request", lambda request: asked.append(request.url))
        staff_page.wait_for_timeout(4500)
        assert not asked
        staff_page.get_by_role("button", name="Updates are paused").click()
        with staff_page.expect_request(lambda request: "_part=card" in request.url):
            pass

    def test_a_page_that_nobody_looks_at_asks_a_fifth_as_often(self, staff_page, at_work):
        staff_page.clock.install()
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        staff_page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
        asked = []
        staff_page.on("request", lambda request: asked.append(request.url))
        for _time in range(10):
            staff_page.clock.run_for(2000)
        assert 1 <= len(asked) <= 2


class TestForm:
    def test_the_sentence_follows_the_fields(self, staff_page):
        staff_page.check("#id_dry_run")
        expect(staff_page.locator("#summary")).to_contain_text("Nothing in the shop changes")

    def test_a_double_click_makes_one_session(self, celery_worker, staff_page):
        staff_page.get_by_role("button", name="Start").dblclick()
        expect(staff_page.locator("h1")).to_contain_text("Catalogue #")
        assert ImportSession.objects.count() == 1


class TestPreflight:
    def test_the_button_goes_off_when_the_panel_finds_no_file(self, staff_page, data_root):
        (data_root / "goods.xml").unlink()
        staff_page.goto(PORTAL)
        expect(staff_page.locator("#preflight")).to_contain_text("holds no XML file")
        start = staff_page.get_by_role("button", name="Start")
        expect(start).to_be_disabled()
        expect(start).to_have_accessible_description(re.compile("Copy an export from 1C there"))

    def test_the_panel_follows_the_form(self, staff_page):
        expect(staff_page.locator("#preflight")).to_contain_text("Found in the directory")
        staff_page.select_option("#id_file_type", "prices")
        expect(staff_page.locator("#preflight")).to_contain_text("nothing of what you are about")


class TestFind:
    def test_a_question_is_asked_and_answered_with_the_keyboard(self, staff_page, at_work):
        staff_page.goto(PORTAL)
        staff_page.get_by_label("1C id, article number").focus()
        staff_page.keyboard.type("p-2")
        staff_page.keyboard.press("Enter")
        expect(staff_page.locator("h1")).to_have_text("Why is this missing?")
        expect(staff_page.locator(".found-block")).to_contain_text("Hidden by staff")


class TestShell:
    def test_the_theme_is_the_admins_own_choice(self, staff_page):
        staff_page.evaluate("localStorage.setItem('theme', 'dark')")
        staff_page.reload()
        expect(staff_page.locator("html[data-bs-theme=dark]")).to_have_count(1)
        staff_page.get_by_role("button", name="Theme: dark").click()
        staff_page.goto("/admin/")
        expect(staff_page.locator("html[data-theme=auto]")).to_have_count(1)

    def test_the_language_is_switched_on_the_same_page(self, staff_page):
        staff_page.goto(f"{HISTORY}?status=failed")
        staff_page.get_by_role("button", name="RU").click()
        expect(staff_page.locator("html[lang=ru]")).to_have_count(1)
        assert staff_page.url.endswith("?status=failed")

    def test_staff_can_log_out_from_the_menu(self, staff_page):
        staff_page.locator("summary", has_text="oleg.operator").click()
        staff_page.get_by_role("button", name="Log out").click()
        staff_page.goto(PORTAL)
        assert "/admin/login/" in staff_page.url


def visits(session):
    """Every kind of page, as addresses."""
    return {
        "start": PORTAL,
        "history": HISTORY,
        "filtered": f"{HISTORY}?status=in_progress&dry_run=true&sort=-duration",
        "bad filter": f"{HISTORY}?colour=red&dry_run=maybe&per_page=3",
        "no match": f"{HISTORY}?q=zzz",
        "session": f"{HISTORY}{session.pk}/",
        "issues": f"{HISTORY}{session.pk}/issues/",
        "changes": f"{HISTORY}{session.pk}/changes/",
        "changes to hide": f"{HISTORY}{session.pk}/changes/?action=hide",
        "preflight": f"{PORTAL}?preflight=1",
        "find": f"{PORTAL}find/",
        "found": f"{PORTAL}find/?q=1-2-3",
        "found twice": f"{PORTAL}find/?q=A-77",
        "not found": f"{PORTAL}find/?q=nobody",
        "log": f"{HISTORY}{session.pk}/?log=problems",
    }


class TestEverybody:
    def test_axe_finds_nothing_on_any_page(self, staff_page, at_work, add_issue, make_session):
        for severity in ("warning", "error"):
            add_issue(at_work, severity=severity, file="goods.xml", onec_id="1-2-3")
        for status in ("failed", "cancelled", "completed", "waiting"):
            make_session(status=status, error_message="No space left.", changed_count=0)
        found = []
        for name, address in visits(at_work).items():
            staff_page.goto(address)
            if report := barriers(staff_page):
                found.append(f"{name}: {report}")
        assert not found, "\n".join(found)

    def test_every_page_fits_a_narrow_screen(self, staff_page, at_work, add_issue):
        add_issue(at_work, file="x" * 200, onec_id="y" * 200)
        for name, address in visits(at_work).items():
            staff_page.goto(address)
            assert too_wide(staff_page) == "", name

    def test_the_admins_pages_obey_the_policy_too(self, staff_page):
        for address in ("/admin/", "/admin/products/importsession/", "/admin/password_change/"):
            staff_page.goto(address)
            expect(staff_page.locator("#container")).to_be_visible()


class TestWithoutJavaScript:
    @pytest.fixture
    def plain_page(self, browser, live_portal, staff_page):
        """The operator's page in a browser that runs no scripts."""
        context = browser.new_context(
            base_url=live_portal,
            locale="en-US",
            java_script_enabled=False,
            storage_state=staff_page.context.storage_state(),
        )
        yield context.new_page()
        context.close()

    def test_a_run_is_started_filtered_and_exported(self, celery_worker, plain_page, tmp_path):
        plain_page.goto(PORTAL)
        plain_page.check("#id_dry_run")
        plain_page.get_by_role("button", name="Start").click()
        expect(plain_page.locator("h1")).to_contain_text("Catalogue #")
        plain_page.goto(HISTORY)
        plain_page.locator("summary", has_text="Filters").click()
        plain_page.select_option("#id_dry_run", "true")
        plain_page.get_by_role("button", name="Apply").click()
        expect(plain_page.locator(".pill")).to_contain_text("Dry run: Yes")
        with plain_page.expect_download() as download:
            plain_page.get_by_role("link", name="CSV").click()
        assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")

    def test_a_running_session_reloads_itself(self, plain_page, at_work):
        plain_page.goto(f"{HISTORY}{at_work.pk}/")
        expect(plain_page.locator("meta[http-equiv=refresh]")).to_have_count(1)
