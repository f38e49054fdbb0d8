"""Dead sessions are ended by whoever looks; the living are left alone."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from apps.common.models import SyncLog
from apps.products.models import ImportLease, ImportSession
from apps.products.sessions import leases, lifecycle, recovery
from apps.products.sessions.errors import ImportBusy, OwnershipLost
from apps.products.sessions.leases import LEASE
from apps.products.sessions.recovery import recover, take_away
from apps.products.sessions.states import Status
from tests.apps.products.sessions.conftest import CUSTOMERS, at_work, let_pass, queued

pytestmark = pytest.mark.django_db(transaction=True)

A_MOMENT = timedelta(seconds=1)


class TestLost:
    def test_a_session_without_a_sign_of_life_fails_and_says_why(self):
        session = at_work()
        let_pass(session, LEASE + A_MOMENT)
        assert recover() == [session]
        session.refresh_from_db()
        assert session.status == Status.FAILED
        assert session.token is None
        assert "host:1" in session.error_message
        assert "no sign of life for 31 seconds" in session.error_message
        assert session.finished_at is not None
        assert not ImportLease.objects.exists()

    def test_one_that_beats_is_left_alone(self):
        session = at_work()
        let_pass(session, LEASE - A_MOMENT)
        assert recover() == []
        with connection.cursor() as cursor:
            assert leases.beat(cursor, session.pk) is False
        let_pass(session, LEASE - A_MOMENT)
        assert recover() == []

    def test_its_end_is_in_the_audit_log_and_in_its_own(self):
        session = at_work()
        let_pass(session, 2 * LEASE)
        recover()
        assert SyncLog.objects.get().session == session
        assert SyncLog.objects.get().status == "failed"
        assert [line.code for line in session.log_lines.all()] == ["recovered"]

    def test_the_next_trigger_recovers_by_itself(self):
        dead = at_work()
        let_pass(dead, 2 * LEASE)
        session = queued()
        dead.refresh_from_db()
        assert (dead.status, session.status) == (Status.FAILED, Status.PENDING)

    def test_whoever_comes_back_owns_nothing(self):
        session = at_work()
        let_pass(session, 2 * LEASE)
        recover()
        with transaction.atomic(), pytest.raises(OwnershipLost):
            lifecycle.prove_ownership(session)
        with pytest.raises(OwnershipLost):
            lifecycle.finish(session, Status.COMPLETED)
        with connection.cursor() as cursor:
            assert leases.beat(cursor, session.pk) is None

    def test_a_session_made_without_a_lease_counts_from_its_start(self):
        session = ImportSession.objects.create(
            import_type="catalog", status=Status.IN_PROGRESS, trigger="cli"
        )
        assert recover() == []
        let_pass(session, LEASE + A_MOMENT)
        assert recover() == [session]


class FrozenWriter(threading.Thread):
    """A process that owns a session and sleeps inside a chunk's transaction."""

    def __init__(self, session: ImportSession) -> None:
        super().__init__()
        self.session = session
        self.inside, self.wake = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            leases.name_writer(self.session.pk)
            with transaction.atomic():
                lifecycle.prove_ownership(self.session)
                self.inside.set()
                assert self.wake.wait(60)
                lifecycle.save_progress(self.session, progress_done=777)
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            self.error = error
        finally:
            connections.close_all()


@pytest.fixture
def frozen():
    """A writer inside its chunk."""
    writer = FrozenWriter(at_work())
    writer.start()
    assert writer.inside.wait(30)
    yield writer
    writer.wake.set()
    writer.join(30)


class TestFrozen:
    def test_the_server_process_of_a_frozen_writer_is_ended(self, frozen):
        let_pass_lease(frozen.session)
        assert recover() == [frozen.session]
        frozen.wake.set()
        frozen.join(30)
        assert frozen.error is not None
        assert ImportSession.objects.get().progress_done == 0

    def test_a_writer_that_is_alive_keeps_its_chunk(self, frozen):
        assert recover() == []
        frozen.wake.set()
        frozen.join(30)
        assert frozen.error is None
        assert ImportSession.objects.get().progress_done == 777

    def test_another_connection_with_that_number_is_spared(self, frozen, monkeypatch):
        monkeypatch.setattr(recovery, "_ROLLBACK_SECONDS", 0.5)
        ImportLease.objects.update(backend_start="2001-01-01T00:00:00Z")
        let_pass_lease(frozen.session)
        assert recover() == []
        frozen.wake.set()
        frozen.join(30)
        assert frozen.error is None

    def test_staff_may_take_a_session_away_before_its_time(self, frozen):
        ended = take_away(frozen.session.pk, "it hung")
        assert ended is not None
        assert (ended.status, ended.error_message) == (Status.FAILED, "it hung")


def let_pass_lease(session: ImportSession) -> None:
    """Let the lease run out; the session's own row is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE import_leases SET beat_at = beat_at - interval '1 hour' WHERE session_id = %s",
            [session.pk],
        )


class TestQueued:
    def test_a_message_that_got_lost_is_published_again(self, messages):
        session = queued()
        let_pass(session, recovery.PUBLISH_AGAIN_AFTER + A_MOMENT)
        assert recover() == []
        assert messages() == [session.celery_task_id]
        assert recover() == []
        assert messages() == []

    def test_three_times_at_most(self, messages):
        session = queued()
        for _round in range(5):
            let_pass(session, recovery.PUBLISH_AGAIN_AFTER + A_MOMENT)
            recover()
        assert messages() == [session.celery_task_id] * recovery.MOST_PUBLICATIONS

    def test_of_two_that_look_at_once_one_publishes(self, messages):
        session = queued()
        let_pass(session, recovery.PUBLISH_AGAIN_AFTER + A_MOMENT)
        assert leases.note_publication(session.pk, after=0)
        assert not leases.note_publication(session.pk, after=0)

    def test_after_five_minutes_it_fails(self, messages):
        session = queued()
        let_pass(session, recovery.GIVE_UP_AFTER + A_MOMENT)
        assert recover() == [session]
        session.refresh_from_db()
        assert session.status == Status.FAILED
        assert "No worker picked this up" in session.error_message

    def test_a_claimed_one_is_not_published(self, messages):
        session = queued()
        lifecycle.claim(session.pk, worker="host:1")
        let_pass(session, recovery.PUBLISH_AGAIN_AFTER + A_MOMENT)
        recover()
        assert messages() == []


class TestFollower:
    def test_it_waits_and_is_queued_when_its_predecessor_completes(self, messages):
        first = queued(then=CUSTOMERS)
        follower = first.followers.get()
        assert follower.status == Status.WAITING
        owned = lifecycle.claim(first.pk, worker="host:1")
        lifecycle.begin_records(owned, {}, 0)
        lifecycle.finish(owned, Status.COMPLETED)
        follower.refresh_from_db()
        assert follower.status == Status.PENDING
        assert messages() == [follower.celery_task_id]

    def test_nobody_slips_in_between(self, messages):
        first = queued(then=CUSTOMERS)
        owned = lifecycle.claim(first.pk, worker="host:1")
        lifecycle.begin_records(owned, {}, 0)
        lifecycle.finish(owned, Status.COMPLETED)
        with pytest.raises(ImportBusy) as caught:
            queued()
        assert caught.value.session == first.followers.get()

    @pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
    def test_it_is_cancelled_when_its_predecessor_does_not_complete(self, status, messages):
        first = queued(then=CUSTOMERS)
        owned = lifecycle.claim(first.pk, worker="host:1")
        lifecycle.finish(owned, status, error="why")
        follower = first.followers.get()
        assert follower.status == Status.CANCELLED
        assert f"#{first.pk}" in follower.error_message
        assert messages() == []
        assert queued().status == Status.PENDING

    def test_it_is_cancelled_when_its_predecessor_dies(self, messages):
        first = queued(then=CUSTOMERS)
        lifecycle.claim(first.pk, worker="host:1")
        let_pass(first, 2 * LEASE)
        recover()
        assert first.followers.get().status == Status.CANCELLED

    def test_a_promoted_one_has_its_own_time_in_the_queue(self, messages):
        first = queued(then=CUSTOMERS)
        follower = first.followers.get()
        let_pass(follower, 2 * recovery.GIVE_UP_AFTER)
        owned = lifecycle.claim(first.pk, worker="host:1")
        lifecycle.begin_records(owned, {}, 0)
        lifecycle.finish(owned, Status.COMPLETED)
        assert recover() == []
        follower.refresh_from_db()
        assert follower.status == Status.PENDING


class TestCommand:
    def recover(self) -> str:
        out = StringIO()
        call_command("recover_imports", stdout=out)
        return out.getvalue()

    def test_it_names_what_it_ended(self):
        session = at_work()
        let_pass(session, 2 * LEASE)
        said = self.recover()
        assert f"#{session.pk}" in said
        assert "no sign of life" in said
        assert "the next one can start" in said

    def test_it_says_who_is_alive(self):
        session = at_work()
        assert "it is alive, last sign of life 0 seconds ago" in self.recover()
        assert ImportSession.objects.get().status == session.status

    def test_nothing_to_do_is_said_too(self):
        assert "No import is active" in self.recover()


class TestRefusal:
    def test_the_running_session_notes_who_came_second(self):
        session = at_work()
        with pytest.raises(ImportBusy):
            queued(user="boris")
        (line,) = session.log_lines.all()
        assert (line.code, line.params) == ("refused_another", {"who": "boris"})
        assert "boris wanted to start" in line.sentence
