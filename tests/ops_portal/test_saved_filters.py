"""Filters under a name: saved, applied, replaced and deleted by their owner alone."""

import re
from html import unescape

import pytest
from django.test import Client

from ops_portal import saved
from ops_portal.models import SavedFilter
from tests.ops_portal.conftest import HISTORY

FILTERS = f"{HISTORY}filters/"


def links(page):
    """Give the saved filters of a page: name and address."""
    found = re.findall(
        r'class="pill-link"\s+href="([^"]+)".*?</svg>\s*([^<]+)</a>', page.text, re.S
    )
    return {unescape(name).strip(): unescape(address) for address, name in found}


class TestSaving:
    def test_filters_and_order_are_kept_and_applied_by_a_link(self, operator, make_session):
        failed = make_session(status="failed")
        make_session()
        query = "status=failed&status=cancelled&sort=-duration&page=1&per_page=50&columns=id"
        page = operator.post(FILTERS, {"name": "  Night \t failures ", "query": query}, follow=True)
        assert page.redirect_chain == [(f"{HISTORY}?{query}", 302)]
        assert "Saved as “Night failures”." in page.text
        address = links(page)["Night failures"]
        assert address == "?status=failed&status=cancelled&sort=-duration"
        applied = operator.get(HISTORY + address)
        assert f"#{failed.pk}<" in applied.text
        assert applied.text.count('<th scope="row"') == 1
        assert 'aria-current="true"' in applied.text.split("Saved filters")[1].split("</ul>")[0]

    def test_a_name_in_use_gets_the_new_filters(self, operator, db):
        operator.post(FILTERS, {"name": "Mine", "query": "mine=true"})
        page = operator.post(FILTERS, {"name": "Mine", "query": "dry_run=true"}, follow=True)
        assert "“Mine” now means these filters." in page.text
        assert links(page) == {"Mine": "?dry_run=true"}

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"name": "", "query": "mine=true"}, "Give the filters a name."),
            ({"name": " \t ", "query": "mine=true"}, "Give the filters a name."),
            ({"name": "a\0b", "query": "mine=true"}, "Give the filters a name."),
            ({"name": "x" * 61, "query": "mine=true"}, "Shorten it."),
            ({"name": "all", "query": "page=2&per_page=50"}, "nothing to save"),
            ({"name": "odd", "query": "colour=red"}, "There is no filter “colour”."),
            ({"name": "odd", "query": "status=nonsense"}, "Status"),
            ({"name": "odd", "query": "q=%00"}, "Null characters are not allowed."),
            ({"name": "odd", "query": "sort=password"}, "cannot be sorted by “password”"),
            ({"name": "long", "query": "q=" + "x" * 2000}, "too long"),
        ],
    )
    def test_what_cannot_be_saved_is_said(self, operator, values, reason):
        page = operator.post(FILTERS, values, follow=True)
        assert page.status_code == 200
        assert reason in unescape(page.text)
        assert not SavedFilter.objects.exists()

    def test_there_are_only_so_many(self, operator, people, monkeypatch):
        monkeypatch.setattr(saved, "MOST", 2)
        for name in ("a", "b"):
            operator.post(FILTERS, {"name": name, "query": "mine=true"})
        page = operator.post(FILTERS, {"name": "c", "query": "mine=true"}, follow=True)
        assert "Delete one first." in page.text
        assert SavedFilter.objects.count() == 2
        operator.post(FILTERS, {"name": "a", "query": "dry_run=true"})
        assert SavedFilter.objects.get(name="a").query == "dry_run=true"

    def test_a_span_of_days_means_the_days_anew(self, operator):
        page = operator.get(HISTORY)
        assert 'href="?started=week"' in page.text
        saved_page = operator.post(FILTERS, {"name": "W", "query": "started=week"}, follow=True)
        assert links(saved_page) == {"W": "?started=week"}

    def test_a_name_is_shown_as_text(self, operator):
        hostile = '"><script>alert(1)</script>'
        page = operator.post(FILTERS, {"name": hostile, "query": "mine=true"}, follow=True)
        assert "<script>alert" not in page.text
        assert hostile in links(page)

    def test_without_filters_there_is_nothing_to_save(self, operator):
        assert "filter-name" not in operator.get(HISTORY).text
        assert "filter-name" in operator.get(HISTORY, {"mine": "true"}).text


class TestOwnership:
    def test_nobody_sees_or_deletes_those_of_others(self, operator, viewer, people):
        operator.post(FILTERS, {"name": "Mine", "query": "mine=true"})
        row = SavedFilter.objects.get()
        assert links(viewer.get(HISTORY)) == {}
        page = viewer.post(f"{FILTERS}{row.pk}/delete/", follow=True)
        assert "You have no such saved filter" in page.text
        assert SavedFilter.objects.get() == row

    def test_the_owner_deletes_and_stays_where_he_was(self, operator):
        operator.post(FILTERS, {"name": "Mine", "query": "mine=true"})
        address = f"{FILTERS}{SavedFilter.objects.get().pk}/delete/"
        page = operator.post(address, {"query": "dry_run=true"}, follow=True)
        assert page.redirect_chain == [(f"{HISTORY}?dry_run=true", 302)]
        assert "Deleted the saved filter “Mine”." in page.text
        assert not SavedFilter.objects.exists()
        again = operator.post(address, follow=True)
        assert again.status_code == 200

    def test_a_form_of_another_site_is_refused(self, people):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people.operator)
        assert client.post(FILTERS, {"name": "x", "query": "mine=true"}).status_code == 403
        assert not SavedFilter.objects.exists()

    def test_they_go_with_their_owner(self, operator, people):
        operator.post(FILTERS, {"name": "Mine", "query": "mine=true"})
        people.operator.delete()
        assert not SavedFilter.objects.exists()
