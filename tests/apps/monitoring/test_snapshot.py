"""Figures are kept for a short time, and the page needs no cache."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from apps.monitoring.periods import PERIODS, Span, period_named
from apps.monitoring.snapshot import KEPT_SECONDS, Snapshot, cache_key, snapshot_of
from tests.apps.monitoring.past import make_past

DAY, WEEK, *_longer = PERIODS

pytestmark = pytest.mark.django_db


def use_cache_at(settings: Settings, port: int) -> None:
    caches: dict[str, Any] = deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = f"redis://127.0.0.1:{port}/0"
    settings.CACHES = caches


class TestKept:
    def test_a_second_look_counts_nothing(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_past(1, timezone.now(), runs=30, customers=30)
        first = snapshot_of(WEEK)
        with django_assert_num_queries(0):
            assert snapshot_of(WEEK) == first

    def test_it_is_kept_for_a_minute_at_most(self) -> None:
        snapshot_of(WEEK)
        left = cache._cache.get_client().ttl(cache.make_key(cache_key(WEEK)))
        assert 0 < left <= KEPT_SECONDS == 60

    def test_each_period_is_kept_apart(self) -> None:
        make_past(1, timezone.now(), runs=30, customers=30)
        assert snapshot_of(DAY).runs != snapshot_of(WEEK).runs

    def test_it_knows_when_it_was_taken(self) -> None:
        before = timezone.now()
        taken = snapshot_of(DAY)
        assert before <= taken.taken_at <= timezone.now()
        assert taken.span.end - taken.span.start == DAY.length


class TestWithoutCache:
    def check(self) -> None:
        make_past(1, timezone.now(), runs=30, customers=30)
        taken = snapshot_of(WEEK)
        assert isinstance(taken, Snapshot)
        assert taken.runs[-1].total > 0

    def test_a_cache_that_is_gone(self, settings: Settings, closed_port: int) -> None:
        use_cache_at(settings, closed_port)
        self.check()

    def test_a_cache_that_is_silent(self, settings: Settings, silent_port: int) -> None:
        use_cache_at(settings, silent_port)
        self.check()

    def test_what_cannot_be_read_is_counted_anew(self) -> None:
        client = cache._cache.get_client(write=True)
        client.set(cache.make_key(cache_key(WEEK)), b"no pickle", ex=60)
        self.check()

    def test_what_is_something_else_is_counted_anew(self) -> None:
        cache.set(cache_key(WEEK), {"runs": []}, 60)
        self.check()


class TestPeriods:
    def test_keys_are_those_of_addresses(self) -> None:
        assert [period.key for period in PERIODS] == ["24h", "7d", "30d", "90d"]
        assert [period_named(period.key) for period in PERIODS] == list(PERIODS)

    @pytest.mark.parametrize("key", ["", "1y", "7D", "7d ", "\0", "9" * 5000])
    def test_others_do_not_exist(self, key: str) -> None:
        assert period_named(key) is None

    def test_a_span_ends_with_the_present_second(self) -> None:
        now = timezone.now()
        span = Span.until_now(timedelta(hours=1))
        assert now < span.end <= timezone.now() + timedelta(seconds=1)
        assert span.start.microsecond == span.end.microsecond == 0

    def test_its_end_is_no_longer_than_itself(self) -> None:
        span = Span.until_now(timedelta(hours=1))
        assert span.last(timedelta(hours=24)) == span
        assert span.last(timedelta(minutes=1)).end == span.end
