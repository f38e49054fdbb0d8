"""The monitor's figures, each against plain SQL over the same rows of a generated past."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.common.models import CustomerSyncLog, SyncLog
from apps.monitoring.figures import session_figures
from apps.monitoring.periods import PERIODS, Period, Span
from apps.monitoring.sync import Bucket, CustomerSyncMonitor, OperationFigures
from tests.apps.monitoring.past import make_past

NOW = datetime(2026, 3, 10, 9, 41, 17, tzinfo=UTC)
MOSCOW = "AT TIME ZONE 'Europe/Moscow'"


def sql(query: str, span: Span, *more: Any) -> Any:
    """Give the one value, or all rows, that a query with a start and an end finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, [span.start, span.end, *more])
        rows = cursor.fetchall()
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def within(table: str, moment: str, what: str = "count(*)", where: str = "TRUE") -> str:
    return f"SELECT {what} FROM {table} WHERE {moment} >= %s AND {moment} < %s AND {where}"


def runs_sql(what: str = "count(*)", where: str = "TRUE") -> str:
    return within("common_synclog", "started_at", what, where)


def customers_sql(what: str = "count(*)", where: str = "TRUE") -> str:
    return within("common_customersynclog", "created_at", what, where)


def quantile(values: list[int], share: float) -> float | None:
    """Interpolate between neighbours, as `percentile_cont` is defined."""
    if not values:
        return None
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


@pytest.fixture(params=PERIODS, ids=[period.key for period in PERIODS])
def span(request: pytest.FixtureRequest, db: None) -> Span:
    """A period that ends at a fixed moment, with a past around it."""
    period: Period = request.param
    make_past(7, NOW + timedelta(hours=5))  # some of it lies behind the end
    return Span(NOW - period.length, NOW)


def check_operations(found: list[OperationFigures], select: Any, column: str, span: Span) -> None:
    names = [row[0] for row in sql(select(f"DISTINCT {column}") + " ORDER BY 1", span)]
    assert [one.operation for one in found] == [*names, ""]
    for one in found:
        mine = f"{column} = '{one.operation}'" if one.operation else "TRUE"
        assert one.total == sql(select(where=mine), span)
        good = f"{mine} AND status IN ('completed', 'success')"
        assert one.succeeded == sql(select(where=good), span)
        assert one.warned == sql(select(where=f"{mine} AND status = 'warning'"), span)
        assert one.failed == sql(select(where=f"{mine} AND status = 'failed'"), span)
        assert one.cancelled == sql(select(where=f"{mine} AND status = 'cancelled'"), span)
        timed = f"{mine} AND duration_ms IS NOT NULL"
        rows = sql(select("duration_ms, 1", timed) + " ORDER BY 1", span)
        durations = [int(row[0]) for row in rows]
        assert one.average_ms == pytest.approx(sum(durations) / len(durations))
        assert one.p95_ms == pytest.approx(quantile(durations, 0.95))
        assert one.p99_ms == pytest.approx(quantile(durations, 0.99))


class TestOperations:
    def test_runs_are_counted_and_timed_by_type(self, span: Span) -> None:
        check_operations(CustomerSyncMonitor(span).runs(), runs_sql, "sync_type", span)

    def test_runs_sum_up_records_and_errors(self, span: Span) -> None:
        for one in CustomerSyncMonitor(span).runs():
            mine = f"sync_type = '{one.operation}'" if one.operation else "TRUE"
            assert one.records == sql(runs_sql("sum(records_processed)", mine), span)
            assert one.errors == sql(runs_sql("sum(errors_count)", mine), span)

    def test_operations_on_customers_are_counted_and_timed(self, span: Span) -> None:
        found = CustomerSyncMonitor(span).customer_operations()
        check_operations(found, customers_sql, "operation_type", span)

    def test_rates_leave_out_what_was_cancelled(self) -> None:
        one = OperationFigures("catalog", 10, 6, 0, 2, 2, None, None, None)
        assert (one.success_rate, one.error_rate) == (75, 25)

    def test_a_warning_is_neither_success_nor_error(self) -> None:
        one = OperationFigures("updated", 10, 6, 3, 1, 0, None, None, None)
        assert (one.success_rate, one.error_rate) == (60, 10)

    @pytest.mark.django_db
    def test_nothing_at_all_has_no_rate_and_no_duration(self) -> None:
        (overall,) = CustomerSyncMonitor(Span(NOW - timedelta(days=1), NOW)).runs()
        assert (overall.operation, overall.total, overall.records) == ("", 0, 0)
        assert (overall.success_rate, overall.error_rate, overall.p95_ms) == (None, None, None)


class TestCustomers:
    def test_synced_are_different_customers(self, span: Span) -> None:
        done = "operation_type IN ('created', 'updated', 'hidden')"
        expected = sql(customers_sql("count(DISTINCT onec_id)", done), span)
        assert CustomerSyncMonitor(span).customers().synced == expected
        assert expected < sql(customers_sql(where=done), span)

    def test_conflicts(self, span: Span) -> None:
        expected = sql(customers_sql(where="operation_type = 'conflict'"), span)
        assert CustomerSyncMonitor(span).customers().conflicts == expected > 0

    def test_identifications_by_method(self, span: Span) -> None:
        written = "operation_type IN ('created', 'updated')"
        select = customers_sql("coalesce(details ->> 'matched_by', ''), count(*)", written)
        expected = dict(sql(f"{select} GROUP BY 1", span))
        assert CustomerSyncMonitor(span).customers().identified == expected
        assert set(expected) == {"onec_id", "tax_id", "email", ""}

    @pytest.mark.django_db
    def test_nobody(self) -> None:
        figures = CustomerSyncMonitor(Span(NOW - timedelta(days=1), NOW)).customers()
        assert (figures.synced, figures.conflicts, figures.identified) == (0, 0, {})


def by_label(buckets: list[Bucket], form: str) -> dict[str, tuple[int, int, int, int]]:
    return {
        timezone.localtime(bucket.start).strftime(form): (
            bucket.succeeded,
            bucket.warned,
            bucket.failed,
            bucket.cancelled,
        )
        for bucket in buckets
        if bucket.total
    }


def series_sql(select: Any, moment: str, form: str, span: Span) -> dict[str, tuple[int, ...]]:
    counted = ", ".join(
        f"count(*) FILTER (WHERE status {which})"
        for which in ("IN ('completed', 'success')", "= 'warning'", "= 'failed'", "= 'cancelled'")
    )
    rows = sql(select(f"to_char({moment} {MOSCOW}, '{form}'), {counted}") + " GROUP BY 1", span)
    return {row[0]: tuple(row[1:]) for row in rows}


class TestSeries:
    DAY = ("YYYY-MM-DD", "%Y-%m-%d")
    HOUR = ("YYYY-MM-DD HH24", "%Y-%m-%d %H")

    def test_runs_by_day(self, span: Span) -> None:
        expected = series_sql(runs_sql, "started_at", self.DAY[0], span)
        assert by_label(CustomerSyncMonitor(span).runs_by_day(), self.DAY[1]) == expected

    def test_customers_by_day(self, span: Span) -> None:
        expected = series_sql(customers_sql, "created_at", self.DAY[0], span)
        assert by_label(CustomerSyncMonitor(span).customers_by_day(), self.DAY[1]) == expected

    def test_runs_by_hour_of_the_last_day(self, span: Span) -> None:
        last = Span(NOW - timedelta(hours=24), NOW)
        expected = series_sql(runs_sql, "started_at", self.HOUR[0], last)
        assert by_label(CustomerSyncMonitor(span).runs_by_hour(), self.HOUR[1]) == expected

    def test_customers_by_hour_of_the_last_day(self, span: Span) -> None:
        last = Span(NOW - timedelta(hours=24), NOW)
        expected = series_sql(customers_sql, "created_at", self.HOUR[0], last)
        assert by_label(CustomerSyncMonitor(span).customers_by_hour(), self.HOUR[1]) == expected

    def test_days_add_up_to_the_whole(self, span: Span) -> None:
        monitor = CustomerSyncMonitor(span)
        assert sum(day.total for day in monitor.runs_by_day()) == monitor.runs()[-1].total

    def test_empty_hours_and_days_are_there(self, span: Span) -> None:
        monitor = CustomerSyncMonitor(span)
        hours, days = monitor.runs_by_hour(), monitor.runs_by_day()
        assert len(hours) == 25  # the first and the last hour are cut
        assert len(days) == (span.end - span.start).days + 1
        assert {b.start - a.start for a, b in pairwise(days)} == {timedelta(days=1)}

    @pytest.mark.django_db
    def test_the_ends_of_summer_time_lose_nothing(self) -> None:
        """In Berlin one hour of 29 March does not exist, and one of 25 October comes twice."""
        moments = [datetime(2026, 3, 29, hour, 30, tzinfo=UTC) for hour in range(4)] + [
            datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(4)
        ]
        for moment in moments:
            SyncLog.objects.create(sync_type="catalog", status="completed", started_at=moment)
        with timezone.override("Europe/Berlin"):
            for day, hours in ((datetime(2026, 3, 29, tzinfo=UTC), 4), (moments[4], 3)):
                span = Span(day.replace(hour=0, minute=0), day.replace(hour=4, minute=0))
                series = CustomerSyncMonitor(span).runs_by_hour()
                assert sum(bucket.total for bucket in series) == 4
                assert len(series) == hours


class TestSessions:
    def test_sessions_by_type_and_status(self, span: Span) -> None:
        began = within("import_sessions", "coalesce(started_at, created_at)")
        figures = session_figures(span)
        for tally in (*figures.by_type, figures.overall):
            mine = f"import_type = '{tally.import_type}'" if tally.import_type else "TRUE"
            for status in ("completed", "failed", "cancelled"):
                expected = sql(f"{began} AND {mine} AND status = '{status}'", span)
                assert getattr(tally, status) == expected
            unbegun = f"{began} AND {mine} AND status = 'failed' AND started_at IS NULL"
            assert tally.never_started == sql(unbegun, span)


@pytest.mark.django_db
class TestQueries:
    @pytest.mark.parametrize(
        "question",
        [
            CustomerSyncMonitor.runs,
            CustomerSyncMonitor.customer_operations,
            CustomerSyncMonitor.customers,
            CustomerSyncMonitor.runs_by_hour,
            CustomerSyncMonitor.runs_by_day,
            CustomerSyncMonitor.customers_by_hour,
            CustomerSyncMonitor.customers_by_day,
        ],
    )
    def test_each_answer_takes_one_query(
        self, question: Any, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_past(3, NOW, runs=50, customers=50)
        monitor = CustomerSyncMonitor(Span(NOW - timedelta(days=90), NOW))
        with django_assert_num_queries(1):
            question(monitor)

    def test_periods_are_read_by_index(self) -> None:
        """Whatever the planner prefers for few rows: it can."""
        end = datetime(2026, 3, 10, tzinfo=UTC)
        queries = {
            "synclog_period_idx": SyncLog.objects.filter(started_at__gte=end),
            "customersynclog_period_idx": CustomerSyncLog.objects.filter(created_at__gte=end),
        }
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        for index, rows in queries.items():
            assert index in rows.explain()
