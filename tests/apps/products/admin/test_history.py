"""Sessions, issues and audit logs: everybody with the right may look, nobody may change."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.common.models import CustomerSyncLog, SyncLog
from apps.products.models import ImportIssue, ImportSession
from tests.support.people import People

SESSIONS = "/admin/products/importsession/"
ISSUES = "/admin/products/importissue/"


@pytest.fixture
def session(db: None) -> ImportSession:
    first = ImportSession.objects.create(import_type="catalog", status="failed", trigger="cli")
    return ImportSession.objects.create(
        import_type="catalog",
        status="completed",
        trigger="portal",
        requested_by_name="operator",
        parameters={"data_dir": "/srv/Выгрузка"},
        duration_ms=1500,
        retry_of=first,
    )


@pytest.fixture
def issue(session: ImportSession) -> ImportIssue:
    return ImportIssue.objects.create(
        session=session,
        severity="error",
        code="unknown_product",
        params={"onec_id": "p-1"},
        entity="prices",
        onec_id="p-1",
        file="prices/prices_1.xml",
        line=17,
    )


@pytest.fixture
def logs(session: ImportSession) -> list[str]:
    """Addresses of the lists of both logs, with a row in each."""
    SyncLog.objects.create(
        sync_type="catalog", status="completed", started_at=timezone.now(), session=session
    )
    CustomerSyncLog.objects.create(
        operation_type="created", status="success", session=session, details={"имя": "было"}
    )
    return ["/admin/common/synclog/", "/admin/common/customersynclog/"]


class TestSessions:
    def test_the_list_leads_to_the_portal(self, staff: Client, session: ImportSession) -> None:
        html = staff.get(SESSIONS).content.decode()
        assert f'href="/admin/products/import-1c/sessions/{session.pk}/"' in html

    def test_while_the_portal_is_off_nothing_leads_there(
        self, staff: Client, session: ImportSession, settings: Settings
    ) -> None:
        settings.OPS_PORTAL_ENABLED = False
        for address in (SESSIONS, f"{SESSIONS}{session.pk}/change/"):
            assert "import-1c/sessions/" not in staff.get(address).content.decode()

    def test_a_page_shows_inputs_legibly_and_links_to_what_it_repeats(
        self, staff: Client, session: ImportSession
    ) -> None:
        html = staff.get(f"{SESSIONS}{session.pk}/change/").content.decode()
        assert "/srv/Выгрузка" in html
        assert f"sessions/{session.retry_of_id}/" in html
        assert f"{ISSUES}?session__id__exact={session.pk}" in html

    def test_nobody_changes_adds_or_deletes(self, staff: Client, session: ImportSession) -> None:
        page = f"{SESSIONS}{session.pk}/change/"
        assert staff.get(f"{SESSIONS}add/").status_code == 403
        assert staff.post(page, {"status": "failed"}).status_code == 403
        assert staff.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"}).status_code == 403
        session.refresh_from_db()
        assert session.status == "completed"

    def test_the_list_offers_no_bulk_deletion(self, staff: Client, session: ImportSession) -> None:
        staff.post(
            SESSIONS,
            {"action": "delete_selected", "_selected_action": [session.pk], "post": "yes"},
        )
        assert ImportSession.objects.count() == 2

    def test_viewers_may_look_and_plain_staff_may_not(
        self, client: Client, people: People, session: ImportSession
    ) -> None:
        client.force_login(people.viewer)
        assert client.get(SESSIONS).status_code == 200
        client.force_login(people.staff)
        assert client.get(SESSIONS).status_code == 403


class TestIssues:
    def test_are_narrowed_to_a_session(self, staff: Client, issue: ImportIssue) -> None:
        other = ImportIssue.objects.create(
            session_id=issue.session.retry_of_id, severity="warning", code="unknown_offer"
        )
        response = staff.get(ISSUES, {"session__id__exact": other.session_id})
        assert list(response.context["cl"].result_list) == [other]

    def test_a_page_says_what_happened(self, staff: Client, issue: ImportIssue) -> None:
        html = staff.get(f"{ISSUES}{issue.pk}/change/").content.decode()
        assert "prices/prices_1.xml" in html
        assert "p-1" in html

    def test_whoever_may_see_sessions_may_see_their_issues(
        self, client: Client, people: People, issue: ImportIssue
    ) -> None:
        client.force_login(people.viewer)
        assert client.get(ISSUES).status_code == 200
        assert client.get(f"{ISSUES}{issue.pk}/change/").status_code == 200
        client.force_login(people.staff)
        assert client.get(ISSUES).status_code == 403


class TestLogs:
    def test_open_and_lead_to_the_session(
        self, staff: Client, session: ImportSession, logs: list[str]
    ) -> None:
        for address in logs:
            response = staff.get(address)
            assert f"sessions/{session.pk}/" in response.content.decode()
            (row,) = response.context["cl"].result_list
            assert staff.get(f"{address}{row.pk}/change/").status_code == 200

    def test_details_are_legible(self, staff: Client, logs: list[str]) -> None:
        log = CustomerSyncLog.objects.get()
        html = staff.get(f"{logs[1]}{log.pk}/change/").content.decode()
        assert "имя" in html

    def test_cannot_be_written(self, staff: Client, logs: list[str]) -> None:
        for address in logs:
            assert staff.get(f"{address}add/").status_code == 403
