"""Pages of a long history: whatever way is taken to them, they hold what they should."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.products.models import ImportSession
from apps.products.models.kinds import KINDS
from apps.products.sessions.states import FINAL
from freesport.import_1c import near, starters
from freesport.operations import OPERATIONS
from ops_portal import pages, tables
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
    *("requested_by=oleg.operator", "requested_by=oleg.operator&status=failed", "trigger=portal"),
    *("duration_min=5", "duration_max=4.999", "duration_min=4&duration_max=60", "duration_max=0"),
    *("status=waiting", "status=waiting&duration_max=9", "status=completed&dry_run=false"),
    *("q=anna", "q=A", "q=a&status=failed", "started_after=2026-01-03&mine=false"),
)
LENGTHS = [None, 0, 500, 3000, 4999, 5000, 59_999, 60_000, 90_000, 600_000, 3_600_000, 9_999_999]


def insert(number, user, chance):
    """Insert sessions that differ in everything, with equal values often enough."""
    ImportSession.objects.bulk_create(
        ImportSession(
            import_type=chance.choice(["catalog", "customers"]),
            status=chance.choice(["completed", "completed", "failed", "cancelled", "waiting"]),
            trigger=chance.choice(["portal", "cli", "schedule"]),
            requested_by=chance.choice([user, None]),
            requested_by_name=chance.choice(["", "anna", "oleg"]),
            dry_run=chance.random() < 0.2,
            started_at=chance.choice([None, START + timedelta(hours=chance.randrange(96))]),
            duration_ms=chance.choice(LENGTHS),
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


def planned(*, as_many):
    """Give what makes a page as if there were many rows, or few."""

    def page_of_so_many(*arguments, many):
        return pages.page_of(*arguments, many=as_many)

    return page_of_so_many


class TestEveryWay:
    """The plan of a page depends on how many rows match; its rows do not."""

    @pytest.mark.parametrize(
        ("many", "looks"),
        [(False, (8, 40)), (True, (8, 40)), (True, (1, 40)), (True, (0, 1))],
        ids=["few", "first", "second", "neither"],
    )
    def test_a_page_holds_what_a_plain_query_gives(
        self, people, monkeypatch, django_assert_max_num_queries, many, looks
    ):
        monkeypatch.setattr(pages, "FEW", 0)
        monkeypatch.setattr(pages, "LOOKS", looks)
        monkeypatch.setattr(tables, "page_of", planned(as_many=many))
        insert(120, people.operator, random.Random(7))
        sorts = sorted(OPERATION.table.sortable())
        for query, column, sign in itertools.product(FILTERS, sorts, ("", "-")):
            address = f"{query}&sort={sign}{column}"
            plain = list(listing_of(address, people.operator).rows.values_list("pk", flat=True))
            with django_assert_max_num_queries(34):
                assert page_of(address, people.operator) == plain[:25], address
            assert len(listing_of(address, people.operator).table.data) == len(plain), address
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

    def test_what_somebody_started_lies_in_each_order(self, people):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        mine = OPERATION.backend.history().filter(requested_by=people.operator)
        for column, sign in itertools.product(OPERATION.table.sortable(), ("", "-")):
            table = OPERATION.table(mine, order_by=f"{sign}{column}")
            plan = table.data.data.values("pk")[:25].explain()
            assert "Sort" not in plan, f"{sign}{column}: {plan}"

    @pytest.mark.parametrize(
        ("query", "walked"),
        [
            ("requested_by=oleg.operator&sort=-changed", True),
            ("started_after=2026-01-01&sort=started_at", True),
            ("mine=false&sort=-changed", False),
            ("started_after=2026-01-01&sort=duration", False),
        ],
    )
    def test_an_index_in_the_pages_order_is_walked_along(self, people, monkeypatch, query, walked):
        monkeypatch.setattr(tables, "page_of", planned(as_many=False))
        insert(60, people.operator, random.Random(8))
        with CaptureQueriesContext(connection) as captured:
            assert len(page_of(query, people.operator)) == 25
        assert any("COALESCE" in sql["sql"] for sql in captured) is not walked

    @pytest.mark.parametrize("sort", ["status", "-status", "trigger", "-trigger", "id", "-id"])
    def test_of_a_span_of_time_a_page_is_found_value_by_value(self, people, monkeypatch, sort):
        monkeypatch.setattr(tables, "page_of", planned(as_many=True))
        monkeypatch.setattr(pages, "LOOKS", ())
        insert(200, people.operator, random.Random(6))
        with CaptureQueriesContext(connection) as captured:
            page_of(f"started_after=2026-01-02&sort={sort}", people.operator)
        assert not any("COALESCE" in sql["sql"] for sql in captured)

    @pytest.mark.parametrize("text", ["disk", "Диск", "50%_"])
    def test_text_is_found_by_its_index(self, people, text):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = listing_of(f"q={text}", people.operator).rows.order_by().explain()
        assert "Bitmap Index Scan on import_sess_text" in plan

    def test_starters_are_looked_up_among_their_names(self, people, make_session):
        make_session(requested_by_name="Anna", error_message="Cancelled by Anna.")
        make_session(requested_by_name="Oleg", error_message="Cancelled by Anna.")
        make_session(requested_by_name="anna.admin")
        make_session(requested_by_name="")
        assert starters.starters_with("ANNA") == ["Anna", "anna.admin"]
        assert starters.starters_with("%") == []
        listing = listing_of("q=anna", people.operator)
        in_error, by_starter = listing.table.data.known.ways()
        assert (in_error.count(), by_starter.count()) == (2, 2)
        assert len(listing.table.data) == 3

    def test_counting_many_rows_of_two_ways_ends_where_paging_ends(self, people, monkeypatch):
        monkeypatch.setattr(tables, "COUNT_CAP", 7)
        insert(60, people.operator, random.Random(4))
        rows = listing_of("q=a", people.operator).table.data
        assert (len(rows), rows.capped) == (7, True)


class TestKinds:
    """What a session is by the database and by us must be the same, or lists would lose it."""

    def test_the_database_and_we_number_them_alike(self, people):
        insert(300, people.operator, random.Random(9))
        ImportSession.objects.filter(pk=ImportSession.objects.first().pk).update(status="pending")
        for session in ImportSession.objects.all():
            kind = KINDS[session.kind]
            for name in ("import_type", "status", "trigger", "dry_run"):
                assert getattr(kind, name) == getattr(session, name)
            assert kind.has_issues == bool(session.error_count or session.warning_count)
            if session.status not in FINAL or session.duration_ms is None:
                assert kind.length is None
            else:
                assert kind.may_take(session.duration_ms, session.duration_ms)
                assert not kind.may_take(None, kind.length - 1)

    def test_numbers_are_all_different_and_fit(self):
        assert len(set(KINDS)) == len(KINDS) < 2**15

    def test_what_has_no_kind_cannot_be_saved(self, make_session):
        with pytest.raises(IntegrityError, match="import_sessions_kind_known"), atomic():
            make_session(trigger="telepathy")

    @pytest.mark.parametrize("sort", ["id", "-changed", "requested_by", "-issues", "status"])
    def test_each_kind_is_looked_up_by_an_index_of_its_own(self, people, sort):
        insert(3000, people.operator, random.Random(5))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE import_sessions")
        data = listing_of(f"dry_run=false&sort={sort}", people.operator).table.data
        with CaptureQueriesContext(connection) as captured:
            list(data[0:25])
        (statement,) = [query["sql"] for query in captured if "LATERAL" in query["sql"]]
        with pages.by_index("default"), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index Cond: (kind = kinds.kind)" in plan
        assert plan.count("Sort Key") == 1, plan


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
