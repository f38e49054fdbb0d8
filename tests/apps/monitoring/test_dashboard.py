"""The dashboard: who may see it, what it says, where it leads."""

import re
from html import escape, unescape

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries, Settings

from apps.monitoring.periods import DEFAULT, PERIODS
from apps.monitoring.present import milliseconds_words
from apps.monitoring.snapshot import Snapshot, snapshot_of
from apps.products.models import ImportSession
from tests.apps.monitoring.past import make_past
from tests.support.people import PASSWORD, People
from tests.support.worker import Worker

ADDRESS = "/admin/monitoring/dashboard/"


def page_text(client: Client) -> str:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestAddress:
    def test_stays_where_others_link_to(self) -> None:
        assert reverse("monitoring:dashboard") == ADDRESS


class TestAccess:
    @pytest.mark.parametrize("who", ["operator", "viewer", "admin"])
    def test_those_who_may_see_sessions_see_it(
        self, client: Client, people: People, who: str
    ) -> None:
        client.force_login(getattr(people, who))
        assert client.get(ADDRESS).status_code == 200

    def test_staff_without_the_permission_are_refused(self, client: Client, people: People) -> None:
        client.force_login(people.staff)
        assert client.get(ADDRESS).status_code == 403

    def test_customers_and_strangers_are_sent_to_the_login(
        self, client: Client, people: People
    ) -> None:
        expected = (302, f"/admin/login/?next={ADDRESS}")
        response = client.get(ADDRESS)
        assert (response.status_code, response["Location"]) == expected
        client.force_login(people.customer)
        response = client.get(ADDRESS)
        assert (response.status_code, response["Location"]) == expected

    def test_nothing_can_be_posted(self, client: Client, people: People) -> None:
        client.force_login(people.admin)
        assert client.post(ADDRESS).status_code == 405


class TestContent:
    @pytest.fixture
    def viewer(self, english: Client, people: People) -> Client:
        english.force_login(people.viewer)
        return english

    def test_is_a_page_of_the_admin_with_sidebar_and_breadcrumbs(self, viewer: Client) -> None:
        html = viewer.get(ADDRESS).content.decode()
        assert 'id="nav-sidebar"' in html
        assert 'class="breadcrumbs"' in html

    @pytest.mark.usefixtures("no_worker")
    def test_says_that_the_worker_is_missing_and_what_to_do(self, viewer: Client) -> None:
        text = page_text(viewer)
        assert "Imports cannot be run from the portal now." in text
        assert "No worker answers" in text
        assert "start the import worker" in text

    @pytest.mark.usefixtures("refused_broker")
    def test_says_that_the_broker_is_down_and_what_to_do(self, viewer: Client) -> None:
        text = page_text(viewer)
        assert "The message broker does not answer" in text
        assert "start Redis" in text
        assert "Mend the message broker first." in text

    def test_without_sessions_it_says_so(self, viewer: Client) -> None:
        assert "Nothing has been imported yet." in page_text(viewer)

    def test_lists_sessions_and_leads_to_each(self, viewer: Client) -> None:
        session = ImportSession.objects.create(
            import_type="catalog", status="failed", trigger="cli", requested_by_name="Мария <b>"
        )
        html = viewer.get(ADDRESS).content.decode()
        assert f'href="/admin/products/import-1c/sessions/{session.pk}/"' in html
        assert "Мария &lt;b&gt;" in html
        assert "Nothing has been imported yet." not in html

    def test_without_the_portal_a_session_leads_to_the_admin(
        self, viewer: Client, settings: Settings
    ) -> None:
        settings.OPS_PORTAL_ENABLED = False
        session = ImportSession.objects.create(
            import_type="catalog", status="failed", trigger="cli"
        )
        html = viewer.get(ADDRESS).content.decode()
        assert f'href="/admin/products/importsession/{session.pk}/change/"' in html
        assert "import-1c/sessions/" not in html
        assert "Import portal" not in html

    def test_the_number_of_queries_does_not_grow_with_the_sessions(
        self, viewer: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_past(1, timezone.now(), runs=15, customers=15)
        # Login session, user, group permissions (two), last successes (two), figures (eight),
        # recent sessions.
        with django_assert_num_queries(15):
            viewer.get(ADDRESS)
        make_past(2, timezone.now(), runs=200, customers=200)
        with django_assert_num_queries(15):
            viewer.get(ADDRESS, {"period": "90d"})
        with django_assert_num_queries(7):  # the figures are kept for a minute
            viewer.get(ADDRESS, {"period": "90d"})

    def test_needs_no_inline_style_or_script_of_its_own(self, viewer: Client) -> None:
        html = viewer.get(ADDRESS).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", html)


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
        page = page_text(viewer)
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
        page = viewer.get(ADDRESS, {"period": "90d"}).text
        overall = snapshot_of(PERIODS[-1]).sessions.overall
        link = unescape(re.search(r'href="([^"]+)">Failed sessions of this period', page)[1])
        assert link.startswith("/admin/products/import-1c/sessions/?status=failed&")
        exported = viewer.get(f"{link}&_export=csv").getvalue().decode()
        listed = len(exported.strip().splitlines()) - 1
        assert listed == overall.failed - overall.never_started > 0
        assert overall.never_started > 0
        assert f"{overall.never_started} more failed before they started" in page

    def test_without_the_portal_they_lead_to_the_admins_list(
        self, viewer: Client, settings: Settings
    ) -> None:
        settings.OPS_PORTAL_ENABLED = False
        page = viewer.get(ADDRESS, {"period": "90d"}).text
        overall = snapshot_of(PERIODS[-1]).sessions.overall
        link = unescape(re.search(r'href="([^"]+)">Failed sessions of this period', page)[1])
        listed = viewer.get(link)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == overall.failed - overall.never_started > 0

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


@pytest.mark.worker
class TestHealthy:
    def test_says_that_all_is_well(
        self, english: Client, people: People, heard_worker: Worker
    ) -> None:
        english.force_login(people.viewer)
        assert "1 worker answers and takes imports." in page_text(english)


@pytest.mark.browser
class TestInBrowser:
    """In each theme and language, from a telephone to a wide screen."""

    @pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
    @pytest.mark.parametrize("language", ["en", "ru"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_and_the_console_stays_clean(
        self, page: Page, live_portal: str, people: People, scheme: str, language: str, filled: bool
    ) -> None:
        if filled:
            make_past(1, timezone.now())
        page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_portal}]
        )
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        self.enter(page, people)
        for width in (320, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = Axe().run(page).response["violations"]
            assert not found, [(rule["id"], rule["nodes"][0]["target"]) for rule in found]

    def test_the_charts_numbers_unfold_without_a_script(self, page: Page, people: People) -> None:
        make_past(1, timezone.now())
        self.enter(page, people)
        table = page.locator("#runs-by-day details table")
        expect(table).to_be_hidden()
        page.locator("#runs-by-day summary").click()
        expect(table).to_be_visible()
        assert page.locator("#runs-by-day rect").count() > 0

    def test_a_period_is_one_click_away(self, page: Page, people: People) -> None:
        self.enter(page, people)
        page.get_by_role("link", name="Last 90 days").click()
        expect(page.locator(".mon-periods [aria-current]")).to_have_text("Last 90 days")

    def enter(self, page: Page, people: People) -> None:
        page.goto(f"/admin/login/?next={ADDRESS}")
        page.fill("#id_username", people.viewer.username)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_selector(".monitoring")
