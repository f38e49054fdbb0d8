"""Sessions move only as the table of transitions says, and one alone is active."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from apps.products.models import ImportSession
from apps.products.sessions import lifecycle
from apps.products.sessions.errors import ImportBusy, NotClaimable, OwnershipLost
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import (
    ACTIVE,
    FINAL,
    TRANSITIONS,
    ImportType,
    Status,
    Trigger,
    sources_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

PARAMETERS = Parameters(ImportType.CATALOG, Path("/data"))


def open_session(**kwargs) -> ImportSession:
    return lifecycle.open_session(PARAMETERS, trigger=Trigger.CLI, user="olga", **kwargs)


def owned_session(status: Status) -> ImportSession:
    return ImportSession.objects.create(
        import_type=ImportType.CATALOG, status=status, trigger=Trigger.CLI, token=uuid.uuid4()
    )


class TestTransitions:
    def test_every_status_is_in_the_table(self):
        assert set(TRANSITIONS) == set(Status)

    def test_final_statuses_lead_nowhere(self):
        assert all(not TRANSITIONS[status] for status in FINAL)

    def test_active_and_final_statuses_and_waiting_are_all_there_is(self):
        assert ACTIVE | FINAL | {Status.WAITING} == set(Status)
        assert not ACTIVE & FINAL

    @pytest.mark.parametrize(("source", "target"), list(product(Status, sorted(FINAL))))
    def test_finish_moves_exactly_along_the_table(self, source, target):
        session = owned_session(source)
        if target in TRANSITIONS[source]:
            lifecycle.finish(session, target, error="why")
            assert ImportSession.objects.get().status == target
        else:
            with pytest.raises(OwnershipLost):
                lifecycle.finish(session, target, error="why")
            assert ImportSession.objects.get().status == source

    def test_sources_are_the_table_read_backwards(self):
        for source, target in product(Status, Status):
            assert (source in sources_of(target)) == (target in TRANSITIONS[source])


class TestOpening:
    def test_a_new_session_is_queued_and_keeps_who_asked(self):
        session = open_session()
        assert (session.status, session.requested_by_name) == (Status.PENDING, "olga")
        assert session.parameters["chunk_size"] == 1000

    @pytest.mark.parametrize("status", sorted(ACTIVE))
    def test_an_active_session_refuses_the_next_and_is_named(self, status):
        active = owned_session(status)
        with pytest.raises(ImportBusy, match=f"#{active.pk} ") as caught:
            open_session()
        assert caught.value.session == active
        assert ImportSession.objects.count() == 1

    @pytest.mark.parametrize("status", sorted(FINAL | {Status.WAITING}))
    def test_other_sessions_do_not_stand_in_the_way(self, status):
        owned_session(status)
        assert open_session().status == Status.PENDING

    def test_of_many_at_once_one_is_accepted(self):
        def attempt(_number: int) -> bool:
            try:
                open_session()
            except ImportBusy:
                return False
            else:
                return True
            finally:
                connections.close_all()

        with ThreadPoolExecutor(20) as pool:
            accepted = list(pool.map(attempt, range(60)))
        assert accepted.count(True) == 1
        assert ImportSession.objects.count() == 1

    def test_without_the_constraint_many_would_get_in(self):
        """Proves that the test above looks at the guard and at nothing else."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [lifecycle.GUARD]
            )
            (definition,) = cursor.fetchone()
            cursor.execute(f"DROP INDEX {lifecycle.GUARD}")
            try:
                open_session()
                open_session()
                assert ImportSession.objects.count() == 2
            finally:
                ImportSession.objects.all().delete()
                cursor.execute(definition)


class TestClaiming:
    def test_a_claim_gives_a_token_and_the_start(self):
        session = lifecycle.claim(open_session().pk, worker="host:1")
        assert session.token is not None
        assert session.started_at is not None
        assert (session.status, session.worker) == (Status.STARTED, "host:1")

    def test_a_second_delivery_finds_it_claimed(self):
        session_id = open_session().pk
        first = lifecycle.claim(session_id, worker="first")
        with pytest.raises(NotClaimable):
            lifecycle.claim(session_id, worker="second")
        assert ImportSession.objects.get().token == first.token

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.PENDING}))
    def test_only_a_queued_session_is_claimed(self, status):
        with pytest.raises(NotClaimable):
            lifecycle.claim(owned_session(status).pk, worker="host:1")


class TestOwnership:
    def test_the_owner_proves_it(self):

        session = lifecycle.claim(open_session().pk, worker="host:1")
        with transaction.atomic():
            lifecycle.prove_ownership(session)

    def test_a_changed_token_takes_it_away(self):

        session = lifecycle.claim(open_session().pk, worker="host:1")
        ImportSession.objects.update(token=uuid.uuid4())
        with transaction.atomic(), pytest.raises(OwnershipLost):
            lifecycle.prove_ownership(session)

    def test_who_lost_it_cannot_end_it(self):
        session = lifecycle.claim(open_session().pk, worker="host:1")
        ImportSession.objects.update(token=uuid.uuid4())
        with pytest.raises(OwnershipLost):
            lifecycle.finish(session, Status.FAILED, error="late")
        assert ImportSession.objects.get().status == Status.STARTED

    def test_the_end_clears_the_token_and_counts_the_time(self):
        session = lifecycle.claim(open_session().pk, worker="host:1")
        lifecycle.finish(session, Status.FAILED, error="why")
        assert session.token is None
        assert session.finished_at >= session.started_at
        assert session.duration_ms >= 0
        assert session.error_message == "why"


class TestUnstarted:
    def test_a_queued_session_that_nobody_was_told_of_fails(self):
        session = open_session()
        lifecycle.fail_unstarted(session, "broker down")
        assert (session.status, session.error_message) == (Status.FAILED, "broker down")

    def test_a_claimed_one_is_left_alone(self):
        session = open_session()
        lifecycle.claim(session.pk, worker="host:1")
        lifecycle.fail_unstarted(session, "broker down")
        assert session.status == Status.STARTED
