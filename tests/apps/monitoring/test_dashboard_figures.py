"""The dashboard's figures: of which period, what they say, where they lead."""

import re
from datetime import datetime
from html import escape, unescape

import lxml.html
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.monitoring.periods import DEFAULT, PERIODS
from apps.monitoring.present import milliseconds_words
from apps.monitoring.snapshot import Snapshot, snapshot_of
from apps.products.models import ImportSession
from tests.apps.monitoring.past import make_past
from tests.support.people import People

ADDRESS = "/admin/monitoring/dashboard/"


class TestPeriod:
    @pytest.fixture
    def viewer(self, english: Client, people: People) -> Client:
        english.force_login(people.viewer)
        return english

    def current(self, page: HttpResponse) -> str:
        return re.search(r'href="\?period=(\w+)"\s+aria-current="page"', page.text)[1]

    def test_each_can_be_chosen(self, viewer: Client) -> None:
        for period in PERIODS:
            page = viewer.get(ADDRESS, {"period": period.key})
            assert self.current(page) == period.key
            assert f"Figures: {period.title}" in page.text
            assert "There is no period" not in page.text

    def test_seven_days_are_the_default(self, viewer: Client) -> None:
        assert self.current(viewer.get(ADDRESS)) == "7d"

    @pytest.mark.parametrize(
        "asked", ["", "2y", "7D", "<script>alert(1)</script>", "\0", "9" * 999]
    )
    def test_a_wrong_one_is_told_and_the_default_shown(self, viewer: Client, asked: str) -> None:
        page = viewer.get(ADDRESS, {"period": asked})
        assert page.status_code == 200
        assert self.current(page) == "7d"
        assert f"There is no period “{escape(asked[:50])}”. You see: Last 7 days." in page.text
        assert "<script>alert" not in page.text

    def test_says_when_the_figures_were_counted(self, viewer: Client) -> None:
        page = " ".join(viewer.get(ADDRESS).text.split())
        taken = timezone.localtime(snapshot_of(DEFAULT).taken_at)
        assert f"Counted at {taken:%H:%M:%S}; figures are kept for up to a minute." in page


class TestFigures:
    """The page shows what the monitor counted; that this is right, `test_sync_monitor` shows."""

    @pytest.fixture
    def viewer(self, english: Client, people: People) -> Client:
        make_past(11, timezone.now(), runs=120, customers=200)
        english.force_login(people.viewer)
        return english

    @pytest.fixture
    def tables(self, viewer: Client) -> dict[str, list[list[str]]]:
        """Every table's body by its caption."""
        tree = lxml.html.fromstring(viewer.get(ADDRESS, {"period": "90d"}).text)
        return {
            " ".join(table.findtext("caption").split()): [
                [" ".join(cell.text_content().split()) for cell in row]
                for row in table.iterfind("tbody/tr")
            ]
            for table in tree.iter("table")
            if table.find("caption") is not None
        }

    @pytest.fixture
    def snapshot(self, tables: object) -> Snapshot:
        """What the page has been made of."""
        return snapshot_of(PERIODS[-1])

    def test_sessions(self, tables: dict[str, list[list[str]]], snapshot: Snapshot) -> None:
        overall = snapshot.sessions.overall
        assert tables["Sessions by type and status"][-1] == [
            "All imports",
            *map(str, (overall.completed, overall.failed, overall.cancelled, overall.unfinished)),
            f"{overall.success_rate:.1f} %",
        ]

    def test_runs(self, tables: dict[str, list[list[str]]], snapshot: Snapshot) -> None:
        rows = tables["Runs by type, with rates and durations"]
        assert [row[0] for row in rows] == ["Catalogue", "Customers", "All runs"]
        for row, run in zip(rows, snapshot.runs, strict=True):
            assert row[1:] == [
                str(run.total),
                f"{run.success_rate:.1f} %",
                f"{run.error_rate:.1f} %",
                *map(milliseconds_words, (run.average_ms, run.p95_ms, run.p99_ms)),
                f"{run.records:,}",
                f"{run.errors:,}",
            ]

    def test_customers(self, tables: dict[str, list[list[str]]], snapshot: Snapshot) -> None:
        rows = tables["Operations on customers, with rates and durations"]
        assert [int(row[1]) for row in rows] == [one.total for one in snapshot.customer_operations]
        assert rows[-1][0] == "All operations"
        found = {row[0]: int(row[1]) for row in tables["Identifications by method"]}
        assert found["By INN"] == snapshot.customers.identified["tax_id"]
        assert sum(found.values()) == sum(snapshot.customers.identified.values())

    def test_customers_synced_and_conflicts(self, viewer: Client) -> None:
        page = " ".join(viewer.get(ADDRESS).text.split())
        customers = snapshot_of(DEFAULT).customers
        assert f"<dt>Customers synced</dt> <dd> {customers.synced} </dd>" in page
        conflicts = f'<dt>Conflicts</dt> <dd class="mon-warn"> {customers.conflicts} </dd>'
        assert conflicts in page

    def test_each_chart_has_its_numbers_in_a_table(
        self, tables: dict[str, list[list[str]]], snapshot: Snapshot
    ) -> None:
        series = {
            "Runs by hour": snapshot.runs_by_hour,
            "Runs by day": snapshot.runs_by_day,
            "Operations on customers by hour": snapshot.customers_by_hour,
            "Operations on customers by day": snapshot.customers_by_day,
        }
        for title, buckets in series.items():
            rows = tables[title]
            assert len(rows) == len(buckets)
            assert [sum(map(int, row[1:])) for row in rows] == [one.total for one in buckets]

    def test_failed_sessions_lead_to_the_history_that_lists_as_many(self, viewer: Client) -> None:
        page = viewer.get(ADDRESS, {"period": "7d"}).text
        overall = snapshot_of(DEFAULT).sessions.overall
        link = unescape(re.search(r'href="([^"]+)">Failed sessions of this period', page)[1])
        assert link.startswith("/admin/products/import-1c/sessions/?status=failed&")
        self.fail_at(snapshot_of(DEFAULT).span.end)  # after the figures were counted
        exported = viewer.get(f"{link}&_export=csv").getvalue().decode()
        listed = len(exported.strip().splitlines()) - 1
        assert listed == overall.failed - overall.never_started > 0
        assert overall.never_started > 0
        assert f"{overall.never_started} more failed before they started" in page

    def test_without_the_portal_they_lead_to_the_admins_list(
        self, viewer: Client, settings: Settings
    ) -> None:
        settings.OPS_PORTAL_ENABLED = False
        page = viewer.get(ADDRESS, {"period": "7d"}).text
        overall = snapshot_of(DEFAULT).sessions.overall
        link = unescape(re.search(r'href="([^"]+)">Failed sessions of this period', page)[1])
        self.fail_at(snapshot_of(DEFAULT).span.end)
        listed = viewer.get(link)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == overall.failed - overall.never_started > 0

    def fail_at(self, moment: datetime) -> None:
        ImportSession.objects.create(
            import_type="catalog", status="failed", trigger="cli", started_at=moment
        )

    def test_the_last_success_leads_to_its_session(self, viewer: Client) -> None:
        last = ImportSession.objects.filter(
            import_type="catalog", status="completed", dry_run=False
        ).latest("pk")
        card = viewer.get(ADDRESS).text.partition("Import of the catalogue")[2][:900]
        assert f'href="/admin/products/import-1c/sessions/{last.pk}/">#{last.pk}</a>' in card

    @pytest.mark.parametrize("portal", [True, False])
    def test_no_link_of_the_page_is_dead(
        self, viewer: Client, settings: Settings, portal: bool
    ) -> None:
        settings.OPS_PORTAL_ENABLED = portal
        tree = lxml.html.fromstring(viewer.get(ADDRESS).text)
        links = {link.get("href") for link in tree.get_element_by_id("content-main").iter("a")}
        assert len(links) > 10
        for link in links:
            if portal or "import-1c" not in link:
                page = viewer.get(f"{ADDRESS}{link}" if link.startswith("?") else link)
                assert page.status_code == 200, link
            else:
                pytest.fail(f"{link} is the portal's, which is off")
