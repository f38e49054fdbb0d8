"""Every page in every state: axe finds nothing in either theme, and no screen is too narrow."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from apps.products.models import ImportChange, ImportLease, ImportSession
from apps.products.sessions.cancelling import cancel
from apps.products.sessions.leases import LEASE, STALLED_AFTER, Wish
from tests.apps.products.sessions import conftest as sessions
from tests.apps.products.sessions.conftest import let_pass
from tests.ops_portal.conftest import COUNTERS, HISTORY, PORTAL, SOURCE
from tests.support.everybody import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Нет_места_на_диске_" * 12


class Looks:
    """Pages looked at one after the other; what was found is told at the end."""

    def __init__(self, page):
        self.page = page
        self.found = []

    def at(self, state, address, sign):
        """Look at a page in a state, once it shows the sign of that state."""
        self.page.goto(address)
        self.again(state, sign)

    def again(self, state, sign):
        """Look at the page that is open."""
        expect(self.page.locator("body")).to_contain_text(sign)
        for report in (barriers(self.page), too_wide(self.page)):
            if report:
                self.found.append(f"{state}: {report}")

    def end(self):
        """Fail with all that was found."""
        assert not self.found, "\n".join(self.found)


@pytest.fixture
def look(open_window, people, data_root):
    """Look at pages as the operator."""
    looks = Looks(open_window(people.operator))
    yield looks
    looks.end()


def address(session):
    """Give the page of a session."""
    return f"{HISTORY}{session.pk}/"


class TestBeforeTheFirstRun:
    def test_nothing_has_run_and_no_worker_is_there(self, look):
        look.at("empty history", HISTORY, "Nothing has run yet.")
        # One that another test has started answers, but takes no imports: the page is the same.
        look.at("no worker", PORTAL, "Nothing can be started now.")

    def test_there_is_no_data(self, look, data_root):
        (data_root / "goods.xml").unlink()
        look.at("no data", PORTAL, "holds no XML file")

    def test_files_are_broken_and_input_is_wrong(self, look, data_root):
        (data_root / f"{'x' * 120}.xml").write_text("")
        look.at("broken file", PORTAL, "is empty")
        look.page.fill("#id_chunk_size", "0")
        look.page.evaluate("document.getElementById('start-form').submit()")
        look.again("wrong input", "Nothing was started")


class TestAtWork:
    def test_from_the_queue_to_the_last_step(self, look, running, add_line, add_issue):
        add_line(running, level="error", code="failed", params={"error": LONG})
        add_issue(running, file="x" * 200, onec_id="y" * 200)
        words = {"pending": "Queued", "started": "Preparing", "in_progress": "30 of 120"}
        for status, sign in words.items():
            ImportSession.objects.update(status=status, warning_count=1)
            for place in (PORTAL, address(running), HISTORY):
                look.at(f"{status} {place}", place, sign if place != HISTORY else "Portal")

    def test_one_waits_for_another(self, look, running, make_session):
        follower = make_session(status="waiting", follows=running, import_type="customers")
        for place in (PORTAL, address(follower)):
            look.at("waiting", place, "Waits for the run before it")

    def test_it_is_asked_to_stop(self, look):
        session = sessions.at_work()
        cancel(session, Wish("oleg.operator", LONG))
        for place in (PORTAL, address(session)):
            look.at("cancelling", place, "asked to cancel")

    def test_it_is_about_to_be_asked(self, look):
        session = sessions.at_work()
        look.page.goto(address(session))
        look.page.locator("#controls summary").click()
        look.again("cancel form", "Reason (optional)")

    def test_it_does_not_move(self, look):
        session = sessions.at_work()
        let_pass(session, STALLED_AFTER + timedelta(minutes=2))
        ImportLease.objects.update(beat_at="2999-01-01T00:00:00Z")
        for place in (PORTAL, address(session)):
            look.at("stalled", place, "Stalled")

    def test_its_process_is_gone(self, look):
        session = sessions.at_work()
        let_pass(session, LEASE + timedelta(seconds=1))
        look.at("lost", address(session), "Failed")
        look.at("lost, in the history", f"{HISTORY}?columns=all", "Failed")

    def test_the_login_ends_meanwhile(self, look, running):
        look.page.goto(address(running))
        Session.objects.all().delete()
        expect(look.page.locator("#signed-out")).to_contain_text("no longer logged in")
        look.again("expired", "Log in again")


class TestOver:
    @pytest.mark.parametrize(
        ("values", "sign"),
        [
            ({"status": "failed", "error_message": LONG, "changed_count": 0}, "Failed"),
            ({"status": "failed", "error_message": LONG}, "Records read until then"),
            ({"status": "cancelled", "error_message": LONG}, "Cancelled"),
            ({"changed_count": 0}, "Nothing changed"),
            ({"warning_count": 1, "error_count": 1}, "Completed"),
        ],
        ids=["failed", "failed half-way", "cancelled", "nothing changed", "with issues"],
    )
    def test_each_end(self, look, make_session, add_issue, values, sign):
        counters = COUNTERS | {"stocks": COUNTERS["total"] | {"absent": 3}}
        session = make_session(report_details={"counters": counters}, source=SOURCE, **values)
        for severity in ("warning", "error"):
            add_issue(session, severity=severity, file="x" * 200, onec_id="y" * 200)
        look.at(sign, address(session), sign)
        look.at("issues", f"{address(session)}issues/", "y" * 20)

    def test_a_dry_run(self, look, make_session):
        brake = {"products": {"hidden": 50, "visible": 100}}
        report = {"counters": COUNTERS, "mass_hide": brake}
        session = make_session(dry_run=True, report_details=report)
        for action in ImportChange.Action:
            fields = {"name": [LONG, "Ball"]} if action == "update" else {}
            ImportChange.objects.create(
                session=session, entity="products", action=action, onec_id="1", fields=fields
            )
        look.at("dry run", address(session), "nothing was or will be changed")
        look.at("its changes", f"{address(session)}changes/", "Hide or remove")
        look.at("what it would hide", f"{address(session)}changes/?action=hide", "brake")
        look.at("for real", f"{PORTAL}?retry_of={session.pk}&real=1", "Nothing has been started")


class TestNotFoundAndRefused:
    def test_addresses_that_make_no_sense(self, look, make_session):
        make_session(started_at=timezone.now())
        look.at("bad filter", f"{HISTORY}?colour=red&status=nonsense", "There is no filter")
        look.at("no match", f"{HISTORY}?q=zzz", "Nothing matches")
        look.at("404", f"{HISTORY}999999/", "There is no session")
        look.at("no record", f"{PORTAL}find/?q=nobody", "nobody")

    def test_staff_without_the_right(self, open_window, people):
        looks = Looks(open_window(people.staff))
        looks.at("403", HISTORY, "stepan.staff")
        looks.end()

    def test_one_who_may_only_look(self, open_window, people, running):
        looks = Looks(open_window(people.viewer))
        looks.at("viewer", PORTAL, "You may look, but not start anything.")
        looks.at("viewer", address(running), "30 of 120")
        looks.end()
