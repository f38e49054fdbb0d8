"""Looking changes nothing, names outlive their owners, and the policy lets no page run more."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.products.sessions.cancelling import cancel
from apps.products.sessions.leases import Wish
from tests.apps.products.sessions.conftest import at_work
from tests.ops_portal.conftest import HISTORY, PORTAL
from tests.support.backups import digests

LISTS = ("", "?sort=-duration&page=1&per_page=50&columns=all", "?status=failed&mine=true")


def addresses(*sessions):
    """Give everything that can be read of these sessions, but for exports: those are recorded."""
    yield from (PORTAL, f"{PORTAL}?preflight=1", f"{PORTAL}find/?q=p-1", f"{HISTORY}export/")
    yield from (HISTORY + query for query in LISTS)
    for session in sessions:
        own = f"{HISTORY}{session.pk}/"
        yield f"{PORTAL}?retry_of={session.pk}&real=1&lifted=1"
        yield from (own + part for part in ("", "issues/", "log/?download", "changes/"))
        yield from (f"{own}status/{part}" for part in ("", "?_part=live", "?_part=card"))


class TestLooking:
    def test_it_writes_nothing(self, operator, make_session, add_issue, data_root):
        finished = make_session(dry_run=True, warning_count=1)
        add_issue(finished)
        asked = at_work()
        cancel(asked, Wish("anna.admin", "enough"))
        tables = [
            model._meta.db_table
            for model in apps.get_models()
            if model._meta.db_table != "django_session"  # who is logged in, and until when
        ]
        before = digests(tables)
        for address in addresses(finished, asked):
            for method in (operator.get, operator.head):
                response = method(address)
                assert response.status_code in {200, 404}, address
                if response.streaming:
                    response.getvalue()
        assert digests(tables) == before

    def test_no_list_asks_for_distinct_rows(self, operator, make_session):
        make_session(status="failed")
        with CaptureQueriesContext(connection) as captured:
            operator.get(f"{HISTORY}?status=failed&status=completed&import_type=catalog")
        assert not [query for query in captured if "DISTINCT" in query["sql"]]


class TestNames:
    def test_a_session_keeps_its_starters_name(self, people, as_user, data_root):
        as_user(people.operator).post(PORTAL, {"import_type": "catalog"})
        people.operator.delete()
        admin = as_user(people.admin)
        assert "oleg.operator" in admin.get(HISTORY).text
        found = admin.get(HISTORY, {"q": "oleg.operator"})
        assert 'scope="row"' in found.text


class TestPolicy:
    @pytest.mark.parametrize("address", [PORTAL, HISTORY, "/admin/monitoring/dashboard/"])
    def test_no_page_may_run_what_stands_in_it(self, operator, data_root, address):
        page = operator.get(address)
        policy = page["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "img-src 'self' data:" in policy
        assert "unsafe" not in policy
        assert " style=" not in page.text
        assert " onclick=" not in page.text
