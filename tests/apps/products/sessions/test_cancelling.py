"""Cancelling: at once when nobody has begun, else a request that no chunk holds up."""

import pytest
from django.db import connection, transaction

from apps.products.models import ImportLease, ImportSession
from apps.products.sessions import cancelling, leases, lifecycle
from apps.products.sessions.cancelling import Cancelled, cancel
from apps.products.sessions.errors import CancelAsked
from apps.products.sessions.leases import Wish
from apps.products.sessions.states import FINAL, Status
from tests.apps.products.sessions.conftest import CUSTOMERS, at_work, queued
from tests.apps.products.sessions.test_recovery import FrozenWriter

pytestmark = pytest.mark.django_db(transaction=True)

WISH = Wish("anna", "wrong export")


class TestUnstarted:
    def test_a_queued_session_is_cancelled_at_once_with_the_reason(self):
        cancellation = cancel(queued(), WISH)
        assert cancellation.outcome is Cancelled.AT_ONCE
        session = ImportSession.objects.get()
        assert session.status == Status.CANCELLED
        assert session.error_message == (
            "Cancelled by anna before it began. Nothing was imported. Reason: wrong export"
        )
        assert queued().status == Status.PENDING

    def test_the_one_that_waits_for_it_goes_with_it(self, messages):
        first = queued(then=CUSTOMERS)
        cancel(first, WISH)
        assert first.followers.get().status == Status.CANCELLED
        assert messages() == []

    def test_one_that_waits_can_be_cancelled_alone(self, messages):
        first = queued(then=CUSTOMERS)
        cancel(first.followers.get(), WISH)
        first.refresh_from_db()
        assert first.status == Status.PENDING
        owned = lifecycle.claim(first.pk, worker="host:1")
        lifecycle.begin_records(owned, {}, 0)
        lifecycle.finish(owned, Status.COMPLETED)
        assert first.followers.get().status == Status.CANCELLED


class TestRunning:
    def test_the_process_hears_it_at_its_next_chunk(self):
        session = at_work()
        assert cancel(session, WISH).outcome is Cancelled.REQUESTED
        assert ImportSession.objects.get().status == Status.CANCELLING
        with transaction.atomic(), pytest.raises(CancelAsked):
            lifecycle.prove_ownership(session)
        with connection.cursor() as cursor:
            assert leases.beat(cursor, session.pk) is True

    def test_the_first_reason_stands(self):
        session = at_work()
        cancel(session, WISH)
        cancel(session, Wish("boris", "me too"))
        lease = ImportLease.objects.get()
        assert (lease.cancel_requested_by, lease.cancel_reason) == ("anna", "wrong export")

    def test_an_open_chunk_does_not_hold_it_up(self, monkeypatch):
        monkeypatch.setattr(cancelling, "_WAIT_FOR_ROW", "100ms")
        writer = FrozenWriter(at_work())
        writer.start()
        assert writer.inside.wait(30)
        try:
            cancellation = cancel(ImportSession.objects.get(), WISH)
            assert cancellation.outcome is Cancelled.REQUESTED
            assert ImportLease.objects.get().cancel_requested_at is not None
        finally:
            writer.wake.set()
            writer.join(30)

    def test_it_is_in_the_log(self):
        session = at_work()
        cancel(session, WISH)
        (line,) = session.log_lines.all()
        assert line.sentence == "anna asked to cancel. wrong export"


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_session_that_is_over_stays_as_it_is(status):
    session = ImportSession.objects.create(import_type="catalog", status=status, trigger="cli")
    assert cancel(session, WISH).outcome is Cancelled.TOO_LATE
    assert ImportSession.objects.get().status == status
