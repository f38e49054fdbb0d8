"""The history: filters, order, pages; and what an address that makes no sense gets."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.products.models import ImportSession
from ops_portal import tables
from tests.ops_portal.conftest import HISTORY

COLUMNS = (
    "id",
    "import_type",
    "status",
    "dry_run",
    "requested_by",
    "trigger",
    "started_at",
    "duration",
    "changed",
    "issues",
)


def ids(page):
    """Give the ids of the rows on a page, in order."""
    return [int(found) for found in re.findall(r'data-column="id"><a [^>]*>#(\d+)<', page.text)]


def flat(page):
    """Give a page's source with every run of white space as one space."""
    return " ".join(page.text.split())


def notices(page):
    """Give what the page says is wrong."""
    return [
        unescape(found)
        for found in re.findall(r'role="alert">.*?<span>(.*?)</span>', page.text, re.S)
    ]


@pytest.fixture
def cast_of_sessions(make_session, people):
    """Sessions that differ in everything that can be filtered."""
    return {
        "plain": make_session(requested_by=people.operator),
        "failed": make_session(
            status="failed", error_message="The file goods.xml is cut off.", error_count=2
        ),
        "dry": make_session(dry_run=True, trigger="cli", requested_by=people.viewer),
        "old": make_session(
            status="cancelled",
            trigger="schedule",
            requested_by_name="",
            started_at=datetime(2025, 3, 9, 21, 30, tzinfo=UTC),  # the 10th in Moscow
            warning_count=1,
            duration_ms=90_500,
        ),
    }


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", {"plain", "failed", "dry", "old"}),
            ("import_type=catalog", {"plain", "failed", "dry", "old"}),
            ("import_type=customers", set()),
            ("status=failed", {"failed"}),
            ("status=failed&status=cancelled", {"failed", "old"}),
            ("requested_by=oleg.operator", {"plain"}),
            ("mine=true", {"plain"}),
            ("mine=on", {"plain"}),
            ("mine=false", {"failed", "dry", "old"}),
            ("trigger=cli", {"dry"}),
            ("dry_run=true", {"dry"}),
            ("dry_run=0", {"plain", "failed", "old"}),
            ("has_issues=yes", {"failed", "old"}),
            ("has_issues=no", {"plain", "dry"}),
            ("started_after=2025-03-11", {"plain", "failed", "dry"}),
            ("started_before=2025-03-10", {"old"}),
            ("started_before=2025-03-09", set()),
            ("started_after=2025-03-10&started_before=2025-03-10", {"old"}),
            ("started_before=2025-03-09T21:30:01Z", {"old"}),
            ("started_before=2025-03-10T00:30:00", set()),
            ("started=today", {"plain", "failed", "dry"}),
            ("started=year&started_before=2025-03-10", set()),
            ("duration_min=90", {"plain", "failed", "dry", "old"}),
            ("duration_min=90.5", {"old"}),
            ("duration_max=90&trigger=cli", {"dry"}),
            ("duration_max=0", set()),
            ("q=GOODS.xml", {"failed"}),
            ("q=oleg", {"plain", "failed", "dry"}),
            ("q=50%25", set()),
            ("status=failed&dry_run=true", set()),
            ("import_type=&status=&q=", {"plain", "failed", "dry", "old"}),
        ],
    )
    def test_each_filter_keeps_what_it_says(self, operator, cast_of_sessions, query, expected):
        page = operator.get(f"{HISTORY}?{query}")
        assert notices(page) == []
        assert set(ids(page)) == {cast_of_sessions[name].pk for name in expected}

    def test_a_starter_is_found_by_id_too(self, operator, people, cast_of_sessions):
        page = operator.get(HISTORY, {"requested_by": people.viewer.pk})
        assert ids(page) == [cast_of_sessions["dry"].pk]

    def test_one_session_is_found_by_its_number(self, operator, cast_of_sessions):
        number = cast_of_sessions["failed"].pk
        assert ids(operator.get(HISTORY, {"id": number})) == [number]

    def test_each_value_is_a_pill_that_clears_only_itself(self, operator, cast_of_sessions):
        page = operator.get(f"{HISTORY}?status=failed&status=cancelled&sort=duration&per_page=50")
        links = [
            unescape(link) for link in re.findall(r'<a href="(\?[^"]*)" title="Clear"', flat(page))
        ]
        assert links == [
            "?status=cancelled&sort=duration&per_page=50",
            "?status=failed&sort=duration&per_page=50",
        ]

    def test_clear_all_keeps_order_and_page_size(self, operator, cast_of_sessions):
        page = operator.get(f"{HISTORY}?status=failed&q=x&sort=duration&per_page=50&page=1")
        assert '<a class="clear-all" href="?sort=duration&amp;per_page=50">' in page.text

    def test_its_issues_lead_back_to_the_same_list_too(self, operator, make_session):
        make_session(warning_count=1)
        page = operator.get(f"{HISTORY}?has_issues=true&sort=duration")
        link = unescape(re.search(r'class="counts" href="([^"]+)"', page.text)[1])
        back = f'href="{HISTORY}?has_issues=true&amp;sort=duration"'
        assert back in operator.get(link).text

    def test_a_session_leads_back_to_the_same_list(self, operator, cast_of_sessions):
        page = operator.get(f"{HISTORY}?status=failed&sort=duration")
        link = unescape(re.search(r'data-column="id"><a href="([^"]+)"', page.text)[1])
        session = operator.get(link).text
        assert f'href="{HISTORY}?status=failed&amp;sort=duration"' in session


class TestNonsense:
    @pytest.mark.parametrize(
        "query",
        [
            "frobnicate=1",
            "state=failed",
            "status=nonsense",
            "status=failed&status=nonsense",
            "import_type=weather",
            "trigger=%00",
            "q=%00",
            "requested_by=nobody.at.all",
            "requested_by=%00",
            "requested_by=99999999999999999999999999",
            "mine=perhaps",
            "dry_run=2",
            "has_issues=%27",
            "started_after=yesterday",
            "started_after=2025-02-31",
            "started_before=9999-12-31",
            "started_before=2025-13-01T00:00",
            "started=tomorrow",
            "started=%00",
            "duration_min=-1",
            "duration_min=x",
            "duration_max=NaN",
            "duration_max=99999999999",
            "id=x",
            "id=-1",
            "id=1.5",
            "id=NaN",
            "id=Infinity",
            "id=1e400",
            "id=" + "9" * 5000,
            "%3Cscript%3Ealert(1)%3C/script%3E=1",
        ],
    )
    def test_a_filter_that_makes_no_sense_is_said_and_shows_no_rows(
        self, operator, make_session, query
    ):
        make_session()
        page = operator.get(f"{HISTORY}?{query}")
        assert page.status_code == 200
        assert len(notices(page)) == 1
        assert ids(page) == []
        assert "<script>alert" not in page.text
        export = operator.get(f"{HISTORY}?{query}&_export=csv")
        assert export.status_code == 400

    @pytest.mark.parametrize(
        "query",
        [
            "page=0",
            "page=-1",
            "page=2",
            "page=x",
            "page=%00",
            "page=" + "9" * 5000,
            "page=%D9%A1%D9%A2",
            "per_page=0",
            "per_page=-25",
            "per_page=1000000",
            "per_page=x",
            "sort=password",
            "sort=requested_by__password",
            "sort=--id",
            "sort=-",
            "sort=%00",
            "columns=secret",
            "columns=id,%00",
        ],
    )
    def test_a_page_or_order_that_does_not_exist_is_said_and_mended(
        self, operator, make_session, query
    ):
        session = make_session()
        page = operator.get(f"{HISTORY}?{query}")
        assert page.status_code == 200
        assert len(notices(page)) == 1
        assert ids(page) == [session.pk]

    @pytest.mark.parametrize("query", ["sort=password", "columns=secret"])
    def test_an_export_in_no_such_order_is_refused(self, operator, make_session, query):
        make_session()
        response = operator.get(f"{HISTORY}?{query}&_export=csv")
        assert response.status_code == 400
        assert "“" in response.text


class TestOrder:
    @pytest.mark.parametrize("column", COLUMNS)
    @pytest.mark.parametrize("sign", ["", "-"])
    def test_every_column_sorts_with_the_number_as_tie_break(
        self, operator, make_session, column, sign
    ):
        expected = [make_session().pk for _ in range(4)]
        page = operator.get(HISTORY, {"sort": f"{sign}{column}"})
        assert ids(page) == (expected[::-1] if sign else expected)
        assert page.text.count("aria-sort=") == 1

    def test_issues_sort_by_errors_before_warnings(self, operator, make_session):
        many_warnings = make_session(warning_count=90)
        one_error = make_session(error_count=1)
        none = make_session()
        page = operator.get(HISTORY, {"sort": "-issues"})
        assert ids(page) == [one_error.pk, many_warnings.pk, none.pk]

    def test_the_newest_comes_first_by_default(self, operator, make_session):
        first, second = make_session(), make_session()
        assert ids(operator.get(HISTORY)) == [second.pk, first.pk]

    def test_sorting_anew_keeps_the_filters_and_leaves_the_page(self, operator, make_session):
        for _ in range(30):
            make_session()
        page = operator.get(f"{HISTORY}?dry_run=false&page=2")
        assert 'href="?dry_run=false&amp;sort=changed"' in page.text


class TestPages:
    def test_a_page_holds_25_unless_asked_for_more(self, operator, make_session):
        for _ in range(60):
            make_session()
        assert len(ids(operator.get(HISTORY))) == 25
        assert len(ids(operator.get(HISTORY, {"per_page": 50}))) == 50
        assert len(ids(operator.get(HISTORY, {"per_page": 50, "page": 2}))) == 10

    def test_the_links_between_pages_keep_the_state(self, operator, make_session):
        for _ in range(60):
            make_session()
        page = operator.get(f"{HISTORY}?dry_run=false&sort=id&page=2")
        assert 'rel="prev" href="?dry_run=false&amp;sort=id&amp;page=1"' in flat(page)
        assert 'rel="next" href="?dry_run=false&amp;sort=id&amp;page=3"' in flat(page)

    def test_a_count_stops_at_its_cap(self, operator, make_session, monkeypatch):
        monkeypatch.setattr(tables, "COUNT_CAP", 30)
        for _ in range(35):
            make_session()
        page = operator.get(HISTORY, {"page": 2})
        assert "more than 30 rows" in page.text
        assert "Page 2 of 2" in page.text

    def test_the_number_of_queries_is_the_same_for_10_and_300(self, operator, make_session, people):
        for _ in range(10):
            make_session(requested_by=people.operator)
        few = _count(operator)
        for _ in range(290):
            make_session(requested_by=people.operator)
        assert _count(operator) == few <= 17


class TestEmpty:
    def test_nothing_yet_and_no_match_are_told_apart(self, operator, make_session):
        assert "Nothing has run yet." in operator.get(HISTORY).text
        make_session()
        assert "Nothing matches these filters." in operator.get(HISTORY, {"q": "zzz"}).text


class TestColumns:
    def test_only_the_chosen_columns_are_shown(self, operator, make_session):
        make_session()
        page = operator.get(HISTORY, {"columns": "id,status"}).text
        assert set(re.findall(r'data-column="(\w+)"', page)) == {"id", "status"}


class TestText:
    def test_hostile_names_are_shown_as_text(self, operator, make_session):
        hostile = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
        make_session(requested_by_name=hostile, status="failed", error_message=hostile)
        page = operator.get(HISTORY, {"columns": "all"}).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page
        assert "<script>alert" not in page

    def test_a_run_that_changed_nothing_says_so(self, operator, make_session):
        make_session(changed_count=0)
        assert "nothing changed" in operator.get(HISTORY).text

    def test_a_dry_run_is_marked(self, operator, make_session):
        make_session(dry_run=True)
        assert "tag-dry" in operator.get(HISTORY).text

    def test_the_time_is_local_and_in_the_readers_language(self, operator, make_session):
        make_session(started_at=datetime(2026, 1, 31, 21, 5, 7, tzinfo=UTC))
        page = operator.get(HISTORY).text
        assert ">1 Feb 2026, 00:05</time>" in page
        assert 'title="1 Feb 2026, 00:05:07 MSK"' in page
        assert ">Started (MSK)" in page


class TestLiveRows:
    def test_its_links_lead_back_to_the_list_after_a_refresh_too(self, operator, running):
        ImportSession.objects.update(warning_count=2)
        page = operator.get(f"{HISTORY}?status=in_progress&sort=id").text
        cells = operator.get(unescape(re.search(r'hx-get="([^"]+)"', page)[1])).text
        assert "?list=status%3Din_progress%26sort%3Did" in cells

    def test_only_an_active_row_polls(self, operator, running, make_session):
        make_session()
        page = operator.get(HISTORY).text
        assert page.count("hx-trigger") == 1
        assert f'hx-get="{HISTORY}{running.pk}/status/?_part=cells"' in page

    def test_its_cells_come_one_by_one_and_stop_polling_at_the_end(self, operator, running):
        address = f"{HISTORY}{running.pk}/status/?_part=cells"
        cells = operator.get(address).text
        assert cells.count("hx-trigger") == 1
        assert cells.count('hx-swap-oob="true"') == 4
        ImportSession.objects.update(status="failed")
        assert "hx-trigger" not in operator.get(address).text


def _count(client):
    with CaptureQueriesContext(connection) as captured:
        client.get(HISTORY, {"dry_run": "false"})
    return len(captured)
