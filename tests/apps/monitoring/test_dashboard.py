"""The dashboard: who may see it, what it says, where it leads."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from apps.products.models import ImportSession
from tests.apps.monitoring.past import make_past
from tests.support.people import People
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


@pytest.mark.worker
class TestHealthy:
    def test_says_that_all_is_well(
        self, english: Client, people: People, heard_worker: Worker
    ) -> None:
        english.force_login(people.viewer)
        assert "1 worker answers and takes imports." in page_text(english)
