"""Columns and page size: chosen by POST, remembered for each user, never more than allowed."""

import re
from html import unescape

import pytest
from django.test import Client

from ops_portal.models import ListView
from tests.ops_portal.conftest import HISTORY

VIEW = f"{HISTORY}view/"
USUAL = {
    *("id", "import_type", "status", "dry_run", "requested_by", "trigger"),
    *("started_at", "duration", "changed", "issues"),
}


def columns_of(page):
    """Give the columns that a page shows."""
    return set(re.findall(r'data-column="(\w+)"', page.text))


def rows_of(page):
    """Give how many rows a page shows."""
    return page.text.count('<th scope="row"')


class TestColumns:
    def test_the_usual_ones_are_shown_until_others_are_chosen(self, operator, make_session):
        make_session()
        assert columns_of(operator.get(HISTORY)) == USUAL

    def test_the_chosen_ones_are_in_the_address_and_remembered(self, operator, make_session):
        make_session()
        answer = operator.post(VIEW, {"columns": ["status", "error"], "query": "dry_run=false"})
        assert answer["Location"] == f"{HISTORY}?dry_run=false&columns=id%2Cstatus%2Cerror"
        assert columns_of(operator.get(answer["Location"])) == {"id", "status", "error"}
        assert columns_of(operator.get(HISTORY)) == {"id", "status", "error"}

    def test_the_address_counts_more_than_what_is_remembered(self, operator, make_session):
        make_session()
        operator.post(VIEW, {"columns": "status"})
        assert columns_of(operator.get(HISTORY, {"columns": "id,trigger"})) == {"id", "trigger"}
        assert columns_of(operator.get(HISTORY, {"columns": "all"})) > USUAL

    def test_looking_at_other_columns_is_not_remembered(self, operator, make_session):
        make_session()
        operator.get(HISTORY, {"columns": "id,status", "per_page": 50})
        assert columns_of(operator.get(HISTORY)) == USUAL
        assert not ListView.objects.exists()

    @pytest.mark.parametrize("values", [{"usual": "1", "columns": "status"}, {}])
    def test_the_usual_ones_come_back(self, operator, make_session, values):
        make_session()
        operator.post(VIEW, {"columns": "status"})
        answer = operator.post(VIEW, values | {"query": "columns=id%2Cstatus"})
        assert answer["Location"] == HISTORY
        assert columns_of(operator.get(HISTORY)) == USUAL

    def test_each_user_has_his_own(self, operator, viewer, make_session):
        make_session()
        operator.post(VIEW, {"columns": "status", "query": ""})
        operator.post(VIEW, {"per_page": "50", "query": ""})
        assert columns_of(viewer.get(HISTORY)) == USUAL
        assert ListView.objects.get().per_page == 50
        assert ListView.objects.get().columns == ["id", "status"]

    def test_a_column_that_is_no_more_is_forgotten(self, operator, people, make_session):
        make_session()
        ListView.objects.create(
            user=people.operator, operation="import-1c", columns=["id", "gone"], per_page=999
        )
        page = operator.get(HISTORY)
        assert columns_of(page) == {"id"}
        assert "role=alert" not in page.text

    def test_columns_that_never_were_are_not_remembered(self, operator):
        operator.post(VIEW, {"columns": ["status", "password", "\0", "id,trigger"]})
        assert ListView.objects.get().columns == ["id", "status", "trigger"]

    def test_a_hidden_column_still_sorts(self, operator, make_session):
        slow, fast = make_session(duration_ms=9000), make_session(duration_ms=1000)
        page = operator.get(HISTORY, {"columns": "id", "sort": "duration"}).text
        assert page.index(f"#{fast.pk}<") < page.index(f"#{slow.pk}<")

    def test_a_live_row_asks_for_the_shown_cells_only(self, operator, running):
        page = operator.get(HISTORY, {"columns": "id,duration,changed"}).text
        address = unescape(re.search(r'hx-get="([^"]+)"', page)[1])
        cells = operator.get(address).text
        assert re.findall(r'id="run-\d+-(\w+)"', cells) == ["duration", "changed"]
        assert unescape(re.search(r'hx-get="([^"]+)"', cells)[1]) == address

    def test_a_row_without_live_columns_does_not_poll(self, operator, running):
        assert "hx-trigger" not in operator.get(HISTORY, {"columns": "id,trigger"}).text


class TestPageSize:
    def test_it_is_set_in_the_address_and_remembered(self, operator, make_session):
        for _ in range(60):
            make_session()
        answer = operator.post(VIEW, {"per_page": "50", "query": "sort=id&page=2&per_page=25"})
        assert answer["Location"] == f"{HISTORY}?sort=id&per_page=50"
        assert rows_of(operator.get(answer["Location"])) == 50
        assert rows_of(operator.get(HISTORY)) == 50
        assert rows_of(operator.get(HISTORY, {"per_page": 25})) == 25

    @pytest.mark.parametrize("size", ["-1", "0", "1000000", "x", "", "\0", "25.0", "９"])
    def test_another_size_is_refused_and_not_remembered(self, operator, make_session, size):
        for _ in range(30):
            make_session()
        page = operator.post(VIEW, {"per_page": size, "query": "sort=id"}, follow=True)
        assert page.redirect_chain == [(f"{HISTORY}?sort=id", 302)]
        assert "A page holds 25, 50, 100, 200 rows" in page.text
        assert rows_of(page) == 25
        assert not ListView.objects.exists()

    @pytest.mark.parametrize("query", ["%00=1&\0=2", "a=%ff", "=", "&&&", "page=2&" * 30])
    def test_whatever_the_form_carries_it_leads_to_the_history(self, operator, query):
        answer = operator.post(VIEW, {"per_page": "50", "query": query})
        assert answer["Location"].startswith(f"{HISTORY}?")
        assert operator.get(answer["Location"]).status_code == 200

    def test_a_form_of_another_site_is_refused(self, people):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people.operator)
        assert client.post(VIEW, {"per_page": "50"}).status_code == 403
        assert not ListView.objects.exists()
