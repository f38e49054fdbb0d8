"""Pages of a long history: whatever way is taken to them, they hold what they should."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.products.models import ImportSession
from freesport.import_1c import near
from freesport.operations import OPERATIONS
from ops_portal import pages
from ops_portal.listing import listing_for, paginate
from tests.ops_portal.conftest import HISTORY

(OPERATION,) = OPERATIONS
START = datetime(2026, 1, 1, tzinfo=UTC)
FILTERS = (
    *("", "status=failed", "status=failed&status=cancelled", "import_type=customers"),
    *("mine=true", "mine=false", "trigger=cli", "dry_run=true", "has_issues=true"),
    *("has_issues=false", "started_after=2026-01-03", "started_before=2026-01-02"),
    *("started_after=2026-01-02&started_before=2026-01-03", "duration_min=60", "duration_max=3"),
    *("q=disk", "status=failed&duration_max=3", "started_before=2025-01-01"),
)


def insert(number, user, chance):
    """Insert sessions that differ in everything, with equal values often enough."""
    ImportSession.objects.bulk_create(
        ImportSession(
            import_type=chance.choice(["catalog", "customers"]),
            status=chance.choice(["completed", "completed", "failed", "cancelled"]),
            trigger=chance.choice(["portal", "cli", "schedule"]),
            requested_by=chance.choice([user, None]),
            requested_by_name=chance.choice(["", "anna", "oleg"]),
            dry_run=chance.random() < 0.2,
            started_at=chance.choice([None, START + timedelta(hours=chance.randrange(96))]),
            duration_ms=chance.choice([None, 500, 3000, 60_000, 90_000]),
            changed_count=chance.randrange(5),
            warning_count=chance.choice([0, 0, 1]),
            error_count=chance.choice([0, 0, 0, 2]),
            error_message=chance.choice(["", "No space on the disk."]),
        )
        for _ in range(number)
    )


def listing_of(query, user):
    """Give the listing of an address."""
    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return listing_for(request, OPERATION.backend.history(), OPERATION.table, OPERATION.filterset)


def page_of(query, user):
    """Give the ids of the rows of a page."""
    listing = listing_of(query, user)
    paginate(listing)
    assert not listing.problems
    assert not listing.notes
    return [row.record.pk for row in listing.table.paginated_rows]


class TestEveryWay:
    """The plan of a page depends on how many rows match; its rows do not."""

    @pytest.mark.parametrize(
        ("few", "looks"),
        [(10_000, (8, 40)), (0, (8, 40)), (0, (1, 40)), (0, (0, 1))],
        ids=["few", "first", "second", "neither"],
    )
    def test_a_page_holds_what_a_plain_query_gives(
        self, people, monkeypatch, django_assert_max_num_queries, few, looks
    ):
        monkeypatch.setattr(pages, "FEW", few)
        monkeypatch.setattr(pages, "LOOKS", looks)
        insert(120, people.operator, random.Random(7))
        sorts = sorted(OPERATION.table.sortable())
        for query, column, sign in itertools.product(FILTERS, sorts, ("", "-")):
            address = f"{query}&sort={sign}{column}"
            plain = list(listing_of(address, people.operator).rows.values_list("pk", flat=True))
            with django_assert_max_num_queries(13):
                assert page_of(address, people.operator) == plain[:25], address
            if len(plain) > 25:
                assert page_of(f"{address}&page=2", people.operator) == plain[25:50], address

    def test_each_column_that_sorts_begins_an_index(self, db):
        rows = OPERATION.backend.history()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for column, sign in itertools.product(OPERATION.table.sortable(), ("", "-")):
            table = OPERATION.table(rows, order_by=f"{sign}{column}")
            plan = table.data.data.values("pk")[:25].explain()
            assert "Sort" not in plan, f"{sign}{column}: {plan}"

    @pytest.mark.parametrize("text", ["disk", "Диск", "50%_"])
    def test_text_is_found_by_its_index(self, people, text):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = listing_of(f"q={text}", people.operator).rows.order_by().explain()
        assert plan.count("Bitmap Index Scan on import_sess_text") == 2


class TestNear:
    def test_it_holds_the_numbers_of_all_sessions_of_the_span(self, people, monkeypatch):
        insert(50, people.operator, random.Random(3))
        far = 10 * near.BLOCK + 5
        ImportSession.objects.create(pk=far, import_type="catalog", trigger="cli", status="failed")
        ImportSession.objects.filter(pk=far).update(started_at=START + timedelta(hours=5))
        for first, last in itertools.combinations(range(0, 97, 12), 2):
            since, until = START + timedelta(hours=first), START + timedelta(hours=last)
            span = ImportSession.objects.filter(started_at__gte=since, started_at__lt=until)
            expected = set(span.values_list("pk", flat=True))
            found = span.filter(near.numbers_of(since, until))
            assert set(found.values_list("pk", flat=True)) == expected

    def test_it_is_as_narrow_as_the_span(self, make_session):
        numbers = [make_session(started_at=START + timedelta(hours=hour)).pk for hour in range(10)]
        condition = near.numbers_of(START + timedelta(hours=3), START + timedelta(hours=6))
        assert sorted(condition.children) == [("pk__gte", numbers[3]), ("pk__lte", numbers[5])]

    def test_an_open_or_empty_span_is_no_error(self, make_session):
        pk = make_session(started_at=START).pk
        assert sorted(near.numbers_of(None, None).children) == [("pk__gte", pk), ("pk__lte", pk)]
        assert not near.numbers_of(START + timedelta(days=1), None)
        ImportSession.objects.all().delete()
        assert not near.numbers_of(None, None)


class TestQueries:
    def test_ten_thousand_sessions_need_no_more_than_ten(self, operator, people):
        insert(10, people.operator, random.Random(1))
        few = _count(operator)
        insert(10_100, people.operator, random.Random(2))
        with CaptureQueriesContext(connection) as captured:
            page = operator.get(HISTORY)
        assert len(captured) == few
        (count,) = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
        assert "LIMIT 10001" in count
        assert "more than 10,000 rows" in page.text
        assert "Page 1 of 400" in page.text

    def test_far_pages_end_where_counting_ends(self, operator, people):
        insert(10_100, people.operator, random.Random(2))
        page = operator.get(HISTORY, {"page": 400})
        assert "Later rows are not paged through" in page.text
        beyond = operator.get(HISTORY, {"page": 401})
        assert "There is no page 401; the last is 400." in beyond.text


def _count(client):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(HISTORY).status_code == 200
    return len(captured)
