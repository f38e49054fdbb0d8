"""What staff do to a run that is under way, and what they read afterwards."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from apps.products.models import ImportLease, ImportSession
from apps.products.sessions.leases import LEASE, STALLED_AFTER
from apps.products.sessions.states import Status
from tests.apps.products.sessions.conftest import CUSTOMERS, at_work, let_pass, queued
from tests.ops_portal.conftest import HISTORY, PORTAL

pytestmark = pytest.mark.django_db(transaction=True)


def post(client, session, action, **values):
    """Press the button; give the messages, and the page that it leads to."""
    response = client.post(f"{HISTORY}{session.pk}/{action}/", values)
    assert response.status_code == 302
    assert response["Location"] == f"{HISTORY}{session.pk}/"
    said = " ".join(str(message) for message in get_messages(response.wsgi_request))
    session.refresh_from_db()
    return said


def page(client, session) -> str:
    return client.get(f"{HISTORY}{session.pk}/").text


class TestCancel:
    def test_a_running_session_is_asked_to_stop(self, operator):
        session = at_work()
        said = post(operator, session, "cancel", reason="wrong export")
        assert session.status == Status.CANCELLING
        assert "stops after the present step" in said
        assert "oleg.operator asked to cancel" in page(operator, session)
        assert "wrong export" in page(operator, session)

    def test_a_queued_one_is_over_at_once(self, operator):
        session = queued()
        assert "had not begun" in post(operator, session, "cancel")
        assert session.status == Status.CANCELLED

    def test_one_that_is_over_stays_and_says_so(self, operator, make_session):
        session = make_session()
        assert "is over already: completed" in post(operator, session, "cancel")
        assert session.status == Status.COMPLETED
        assert not LogEntry.objects.exists()

    def test_it_is_in_the_admin_log(self, operator, people):
        session = at_work()
        post(operator, session, "cancel")
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id) == (people.operator, str(session.pk))

    def test_a_reason_cannot_forge_a_log_line(self, operator):
        session = at_work()
        post(operator, session, "cancel", reason="a\r\n2026 ERROR\x1b[31m forged\x00" + "x" * 900)
        reason = ImportLease.objects.get().cancel_reason
        assert reason.isprintable()
        assert len(reason) == 500

    def test_the_button_is_for_those_who_may_and_while_it_helps(
        self, operator, viewer, make_session
    ):
        session = at_work()
        address = f"{HISTORY}{session.pk}/cancel/"
        assert address in page(operator, session)
        assert address not in page(viewer, session)
        assert "/cancel/" not in page(operator, make_session())

    def test_a_fragment_takes_the_button_away_when_the_run_is_over(self, operator, make_session):
        session = make_session()
        fragment = operator.get(f"{HISTORY}{session.pk}/status/?_part=live").text
        assert 'id="controls"' in fragment
        assert "hx-swap-oob" in fragment
        assert "/cancel/" not in fragment


class TestRecover:
    def test_a_session_that_is_alive_is_left_alone(self, operator):
        session = at_work()
        assert "is alive" in post(operator, session, "recover")
        assert session.status == Status.STARTED

    def test_a_queued_one_is_to_be_cancelled_instead(self, operator):
        session = queued()
        assert "Cancel it" in post(operator, session, "recover")
        assert session.status == Status.PENDING

    def test_a_stalled_one_is_shown_and_ended(self, operator, viewer):
        session = at_work()
        let_pass(session, STALLED_AFTER + timedelta(minutes=2))
        ImportLease.objects.update(beat_at="2999-01-01T00:00:00Z")
        assert "Stalled" in page(operator, session)
        assert f"{HISTORY}{session.pk}/recover/" in page(operator, session)
        assert f"{HISTORY}{session.pk}/recover/" not in page(viewer, session)
        assert "The way is free" in post(operator, session, "recover")
        assert session.status == Status.FAILED
        assert "oleg.operator ended this session" in session.error_message
        assert LogEntry.objects.get().user.username == "oleg.operator"

    @pytest.mark.parametrize("address", [PORTAL, HISTORY, "{}{}/", "{}{}/status/"])
    def test_any_page_ends_what_is_lost(self, viewer, address):
        session = at_work()
        let_pass(session, LEASE + timedelta(seconds=1))
        assert viewer.get(address.format(HISTORY, session.pk)).status_code == 200
        session.refresh_from_db()
        assert session.status == Status.FAILED


class TestBoth:
    def test_two_sessions_are_shown_and_lead_to_each_other(self, operator, data_root):
        (data_root / "a.xml").write_text("<КоммерческаяИнформация/>")
        answer = operator.post(PORTAL, {"import_type": "both", "dry_run": "on"})
        first = operator.get(answer["Location"])
        session = queued_of(answer)
        follower = session.followers.get()
        assert (session.status, follower.status) == (Status.PENDING, Status.WAITING)
        assert (session.import_type, follower.import_type) == ("catalog", "customers")
        assert session.dry_run
        assert follower.dry_run
        assert f"{HISTORY}{follower.pk}/" in first.text
        assert f"{HISTORY}{session.pk}/" in page(operator, follower)
        start = operator.get(PORTAL).text
        assert "Waits for the run before it" in start

    def test_a_cancelled_first_takes_the_second_with_it(self, operator):
        session = queued(then=CUSTOMERS)
        post(operator, session, "cancel")
        assert session.followers.get().status == Status.CANCELLED


def queued_of(answer) -> ImportSession:
    return ImportSession.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
