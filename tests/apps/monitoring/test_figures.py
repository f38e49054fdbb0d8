"""The dashboard's numbers of sessions, against sessions that were made by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from apps.monitoring.figures import SessionFigures, Tally, session_figures
from apps.monitoring.periods import Span
from apps.monitoring.recent import duration_words, recent_sessions
from apps.products.models import ImportSession

DAY = timedelta(hours=24)
WEEK = timedelta(days=7)


def session(
    status: str, *, hours_ago: float, import_type: str = "catalog", waited: float | None = 0
) -> ImportSession:
    """Insert a session that was asked for then, and began after some hours (None: never)."""
    asked = timezone.now() - timedelta(hours=hours_ago)
    return ImportSession.objects.create(
        import_type=import_type,
        status=status,
        trigger="cli",
        created_at=asked,
        started_at=None if waited is None else asked + timedelta(hours=waited),
    )


def row(tally: Tally) -> tuple[int, int, int, int]:
    return tally.completed, tally.failed, tally.cancelled, tally.unfinished


@pytest.mark.django_db
class TestSessionFigures:
    @pytest.fixture(autouse=True)
    def _history(self) -> None:
        session("completed", hours_ago=1)
        session("completed", hours_ago=2)
        session("failed", hours_ago=3)
        session("cancelled", hours_ago=25)
        session("in_progress", hours_ago=0.1)
        session("completed", hours_ago=100, import_type="customers")
        session("failed", hours_ago=7 * 24 + 1)  # older than both periods

    def figures(self) -> tuple[SessionFigures, SessionFigures]:
        return session_figures(Span.until_now(DAY)), session_figures(Span.until_now(WEEK))

    def test_counts_by_type_and_status(self) -> None:
        day, week = self.figures()
        assert [row(tally) for tally in day.by_type] == [(2, 1, 0, 1), (0, 0, 0, 0)]
        assert [row(tally) for tally in week.by_type] == [(2, 1, 1, 1), (1, 0, 0, 0)]

    def test_adds_up(self) -> None:
        day, week = self.figures()
        assert (row(day.overall), day.overall.total) == ((2, 1, 0, 1), 4)
        assert (row(week.overall), week.overall.total) == ((3, 1, 1, 1), 6)

    def test_success_is_judged_by_what_completed_or_failed(self) -> None:
        day, week = self.figures()
        assert day.overall.success_rate == pytest.approx(100 * 2 / 3)
        assert week.overall.success_rate == 75
        assert day.by_type[1].success_rate is None

    def test_a_session_counts_where_it_began_even_if_it_was_asked_for_before(self) -> None:
        session("failed", hours_ago=25, waited=2)
        assert session_figures(Span.until_now(DAY)).overall.failed == 2

    def test_one_that_never_began_counts_where_it_was_asked_for(self) -> None:
        session("failed", hours_ago=5, waited=None)
        overall = session_figures(Span.until_now(DAY)).overall
        assert (overall.failed, overall.never_started) == (2, 1)

    def test_takes_one_query(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(1):
            session_figures(Span.until_now(WEEK))


@pytest.mark.django_db
class TestRecentSessions:
    def test_gives_the_last_ten_newest_first_in_one_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        made = [session("completed", hours_ago=1).pk for _number in range(12)]
        with django_assert_num_queries(1):
            shown = [row.session.pk for row in recent_sessions()]
        assert shown == made[:1:-1]


class TestDurationWords:
    @pytest.mark.parametrize(
        ("milliseconds", "words"),
        [
            (None, ""),
            (0, "0.0 s"),
            (9_940, "9.9 s"),
            (42_400, "42 s"),
            (59_700, "1 min 0 s"),
            (185_000, "3 min 5 s"),
            (7_800_000, "2 h 10 min"),
        ],
    )
    def test_speaks_in_fitting_units(self, milliseconds: int | None, words: str) -> None:
        with translation.override("en"):
            assert duration_words(milliseconds) == words
