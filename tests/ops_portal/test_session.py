"""One session: its page, its status for programs, its fragments, its issues, its log."""

import pytest
from django.utils import timezone

from apps.products.models import ImportSession
from tests.ops_portal.conftest import COUNTERS, HISTORY, PORTAL, SOURCE

KEYS = {
    "id",
    "import_type",
    "status",
    "active",
    "stage",
    "done",
    "total",
    "percent",
    "eta_seconds",
    "counters",
    "started_at",
    "finished_at",
    "error",
}


def page_of(client, session, part=""):
    """Give a page of a session, every run of white space as one space."""
    return " ".join(client.get(f"{HISTORY}{session.pk}/{part}").text.split())


class TestStatus:
    def test_a_running_session_tells_programs_how_far_it_is(self, operator, running):
        status = operator.get(f"{HISTORY}{running.pk}/status/").json()
        assert set(status) == KEYS
        assert status["id"] == running.pk
        assert (status["import_type"], status["status"]) == ("catalog", "in_progress")
        assert (status["active"], status["stage"]) == (True, "prices")
        assert (status["done"], status["total"], status["percent"]) == (30, 120, 25)
        assert 60 < status["eta_seconds"] < 240
        assert status["counters"] == COUNTERS
        assert status["finished_at"] is None

    def test_a_finished_session_is_not_active(self, operator, make_session):
        session = make_session(status="failed", error_message="No space left.")
        status = operator.get(f"{HISTORY}{session.pk}/status/").json()
        assert (status["active"], status["eta_seconds"]) == (False, None)
        assert status["error"] == "No space left."
        assert status["finished_at"] is not None

    @pytest.mark.parametrize("part", ["", "status/", "issues/", "log/"])
    @pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
    def test_a_session_that_does_not_exist_is_not_found(self, operator, number, part):
        response = operator.get(f"{HISTORY}{number}/{part}")
        assert response.status_code == 404
        assert "There is no session" in response.text


class TestPage:
    def test_progress_is_said_in_numbers(self, operator, running):
        page = page_of(operator, running)
        assert '<progress class="bar" max="120" value="30"' in page
        assert "30 of 120" in page
        assert "25 %" in page
        assert "Prices" in page

    def test_an_unknown_total_is_a_bar_without_a_value(self, operator, running):
        ImportSession.objects.update(progress_total=None)
        page = page_of(operator, running)
        assert "<progress" in page
        assert "value=" not in page[page.index("<progress") :].partition(">")[0]

    def test_counters_inputs_and_parameters_are_shown(self, operator, make_session):
        session = make_session(report_details={"counters": COUNTERS}, source=SOURCE, worker="w-1")
        page = page_of(operator, session)
        for text in ("Unchanged", "prices/prices_1.xml", "c0ffee", "2.0", "cut off", "w-1"):
            assert text in page
        assert "/srv/import" in page

    def test_what_a_full_export_left_out_has_a_column_where_there_is_any(
        self, operator, make_session
    ):
        session = make_session(report_details={"counters": COUNTERS})
        assert "Absent" not in page_of(operator, session)
        left_out = {"counters": COUNTERS | {"stocks": COUNTERS["total"] | {"absent": 4_711}}}
        page = page_of(operator, make_session(report_details=left_out))
        assert "Absent" in page
        assert "4,711" in page

    def test_a_lifted_brake_is_among_the_parameters(self, operator, make_session):
        assert "Allow mass hiding" not in page_of(operator, make_session())
        lifted = make_session(parameters={"allow_mass_hide": True})
        assert "Allow mass hiding" in page_of(operator, lifted)

    def test_a_run_that_changed_nothing_is_a_warning(self, operator, make_session):
        page = page_of(operator, make_session(changed_count=0))
        assert "Nothing changed: the data was the same as in the shop." in page

    @pytest.mark.parametrize("values", [{"dry_run": True}, {"parameters": {"skip_backup": True}}])
    def test_a_run_without_a_backup_does_not_say_that_it_makes_one(
        self, operator, make_session, values
    ):
        session = make_session(status="started", **values)
        assert "Preparing." in page_of(operator, session)
        ImportSession.objects.update(dry_run=False, parameters={})
        assert "Preparing: backing up" in page_of(operator, session)

    def test_a_dry_run_is_unmistakable(self, operator, make_session):
        page = page_of(operator, make_session(dry_run=True))
        assert "nothing was or will be changed" in page
        assert "Would change" in page

    def test_a_failure_says_why(self, operator, make_session):
        session = make_session(status="failed", error_message="<b>No</b> space left.")
        assert "&lt;b&gt;No&lt;/b&gt; space left." in page_of(operator, session)

    @pytest.mark.parametrize(
        "status",
        [
            "waiting",
            "pending",
            "started",
            "in_progress",
            "cancelling",
            "completed",
            "failed",
            "cancelled",
        ],
    )
    def test_every_status_has_a_page_of_its_own(self, operator, make_session, status):
        session = make_session(status=status)
        page = page_of(operator, session)
        assert f"run-{status}" in page
        assert f"tag-{status}" in page
        active = status not in {"completed", "failed", "cancelled"}
        assert ('hx-trigger="every 2s"' in page) is active
        assert ('http-equiv="refresh"' in page) is active

    def test_the_first_issues_are_shown_with_a_link_to_all(self, operator, make_session, add_issue):
        session = make_session(warning_count=25)
        for line in range(25):
            add_issue(session, line=1000 + line)
        page = page_of(operator, session)
        assert page.count("The record has no name") == 20
        assert f'href="{HISTORY}{session.pk}/issues/"' in page

    def test_only_those_who_may_start_are_offered_to_run_it_again(
        self, operator, viewer, make_session
    ):
        session = make_session()
        link = f'href="{PORTAL}?retry_of={session.pk}"'
        assert link in page_of(operator, session)
        assert link not in page_of(viewer, session)

    def test_old_rows_with_less_in_them_still_show(self, operator, make_session):
        session = make_session(parameters={}, report_details={}, source={}, started_at=None)
        assert operator.get(f"{HISTORY}{session.pk}/").status_code == 200

    def test_a_hostile_way_back_stays_within_the_history(self, operator, make_session):
        session = make_session()
        page = operator.get(f"{HISTORY}{session.pk}/", {"list": '"><script>alert(1)</script>'})
        assert "<script>alert" not in page.text


class TestFragments:
    @pytest.mark.parametrize("part", ["card", "live", "cells"])
    def test_polling_ends_with_a_fragment_that_does_not_poll(self, operator, running, part):
        address = f"{HISTORY}{running.pk}/status/?_part={part}"
        assert 'hx-trigger="every 2s"' in operator.get(address).text
        ImportSession.objects.update(status="completed", finished_at=timezone.now())
        fragment = operator.get(address).text
        assert "hx-trigger" not in fragment
        assert "Completed" in fragment
        assert "<html" not in fragment

    def test_announcements_come_in_quarters(self, operator, running):
        address = f"{HISTORY}{running.pk}/status/?_part=card"
        ImportSession.objects.update(progress_done=59)
        assert "Running, 25 %" in " ".join(operator.get(address).text.split())
        ImportSession.objects.update(progress_done=60)
        assert "Running, 50 %" in " ".join(operator.get(address).text.split())


class TestIssues:
    def test_they_are_filtered(self, operator, make_session, add_issue):
        session = make_session()
        add_issue(session, severity="error", onec_id="bad-one")
        add_issue(session, onec_id="mild-one")
        page = page_of(operator, session, "issues/?severity=error")
        assert "bad-one" in page
        assert "mild-one" not in page

    def test_those_of_another_session_are_not_shown(self, operator, make_session, add_issue):
        session, other = make_session(), make_session()
        add_issue(other, onec_id="not-mine")
        page = page_of(operator, session, "issues/")
        assert "not-mine" not in page
        assert "No issues: every record was taken over." in page

    def test_an_unknown_filter_shows_none(self, operator, make_session, add_issue):
        session = make_session()
        add_issue(session, onec_id="some-one")
        page = page_of(operator, session, "issues/?colour=red")
        assert "some-one" not in page
        assert "There is no filter" in page

    def test_hostile_records_are_shown_as_text(self, operator, make_session, add_issue):
        session = make_session()
        add_issue(
            session,
            code="unknown_group",
            params={"product": "<script>alert(1)</script>"},
            onec_id="<img src=x>",
            file="<svg onload=x>",
        )
        page = page_of(operator, session, "issues/")
        for hostile in ("<script>alert", "<img src=x", "<svg onload"):
            assert hostile not in page


class TestLog:
    def test_it_is_plain_text_with_a_line_each(self, operator, make_session, add_line):
        session = make_session()
        add_line(session)
        add_line(session, level="error", code="failed", params={"error": "No space."})
        lines = operator.get(f"{HISTORY}{session.pk}/log/").getvalue().decode().splitlines()
        assert [line.split(None, 3)[2] for line in lines] == ["INFO", "ERROR"]
        assert lines[0].endswith("Started by shop-1.")

    def test_control_characters_forge_no_line(self, operator, make_session, add_line):
        session = make_session()
        add_line(session, params={"worker": "x\r\n2026 forged \x1b[31mred\u2028y"})
        text = operator.get(f"{HISTORY}{session.pk}/log/").getvalue().decode()
        assert len(text.splitlines()) == 1
        assert "\x1b" not in text

    def test_its_warnings_and_errors_can_be_read_alone(self, operator, running, add_line):
        add_line(running)
        add_line(running, level="error", code="failed", params={"error": "No space."})
        page = page_of(operator, running, "?log=problems")
        assert "Failed. No space." in page
        assert "Started by shop-1." not in page
        assert "_part=live&amp;log=problems" in page
        live = page_of(operator, running, "status/?_part=live&log=problems")
        assert "Started by shop-1." not in live
        log = operator.get(f"{HISTORY}{running.pk}/log/?log=problems").getvalue().decode()
        assert len(log.splitlines()) == 1
        assert "Started by shop-1." in page_of(operator, running, "?log=anything")

    def test_a_log_without_problems_says_so(self, operator, make_session, add_line):
        session = make_session()
        add_line(session)
        assert "The log has no warnings and no errors." in page_of(
            operator, session, "?log=problems"
        )

    def test_it_can_be_downloaded(self, operator, make_session):
        session = make_session()
        response = operator.get(f"{HISTORY}{session.pk}/log/?download")
        assert (
            response["Content-Disposition"] == f'attachment; filename="import-1c-{session.pk}.log"'
        )
