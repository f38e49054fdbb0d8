"""Every address, method and kind of visitor; the four answers are the whole policy."""

import re

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client

from apps.products.models import ImportSession

PORTAL = "/admin/products/import-1c/"
LOGIN = "/admin/login/?next="

# Address below the portal -> who gets what, in the order of VISITORS.
VISITORS = ("nobody", "customer", "staff", "viewer", "operator", "admin")
LOOKING = ("login", "login", 403, 200, 200, 200)
NOT_ALLOWED = ("login", "login", 403, 405, 405, 405)
STARTING = ("login", "login", 403, 403, 302, 302)
CHOOSING = ("login", "login", 403, 302, 302, 302)
MATRIX = {
    ("GET", ""): LOOKING,
    ("HEAD", ""): LOOKING,
    ("POST", ""): STARTING,
    ("GET", "sessions/"): LOOKING,
    ("GET", "sessions/?_export=csv"): LOOKING,
    ("GET", "sessions/?_export=xlsx"): LOOKING,
    ("GET", "sessions/export/"): LOOKING,
    ("POST", "sessions/view/"): CHOOSING,
    ("POST", "sessions/filters/"): CHOOSING,
    ("POST", "sessions/filters/{id}/delete/"): CHOOSING,
    ("GET", "sessions/view/"): NOT_ALLOWED,
    ("GET", "sessions/filters/"): NOT_ALLOWED,
    ("GET", "sessions/filters/{id}/delete/"): NOT_ALLOWED,
    ("GET", "sessions/{id}/"): LOOKING,
    ("GET", "sessions/{id}/status/"): LOOKING,
    ("GET", "sessions/{id}/status/?_part=live"): LOOKING,
    ("GET", "sessions/{id}/issues/"): LOOKING,
    ("GET", "sessions/{id}/issues/?_export=csv"): LOOKING,
    ("GET", "sessions/{id}/log/"): LOOKING,
    ("GET", "?_part=preflight"): LOOKING,
    ("GET", "find/"): LOOKING,
    ("GET", "find/?q=p-1"): LOOKING,
    ("GET", "sessions/{id}/changes/"): LOOKING,
    ("GET", "sessions/{id}/changes/?_export=csv"): LOOKING,
    ("POST", "sessions/{id}/cancel/"): STARTING,
    ("POST", "sessions/{id}/recover/"): STARTING,
    ("GET", "sessions/{id}/cancel/"): NOT_ALLOWED,
    ("GET", "sessions/{id}/recover/"): NOT_ALLOWED,
} | {
    (method, address): NOT_ALLOWED
    for method in ("POST", "PUT", "PATCH", "DELETE")
    for address in (
        "sessions/",
        "sessions/export/",
        "sessions/{id}/",
        "sessions/{id}/status/",
        "sessions/{id}/issues/",
        "sessions/{id}/log/",
        "sessions/{id}/changes/",
        "find/",
    )
}
CASES = [
    pytest.param((method, address), visitor, answer, id=f"{method} {address or '/'} {visitor}")
    for (method, address), answers in MATRIX.items()
    for visitor, answer in zip(VISITORS, answers, strict=True)
]


class TestMatrix:
    @pytest.mark.parametrize(("call", "visitor", "answer"), CASES)
    def test_each_visitor_gets_what_the_matrix_says(
        self, call, visitor, answer, people, as_user, make_session, data_root
    ):
        method, address = call
        path = PORTAL + address.format(id=make_session(dry_run=True).pk)
        client = as_user(getattr(people, visitor, None))
        response = client.generic(method, path)
        if answer == "login":
            assert response.status_code == 302
            assert response["Location"].startswith(LOGIN)
        else:
            assert response.status_code == answer
        if response.streaming:
            response.getvalue()  # closes the file

    def test_the_login_leads_back_to_the_page_with_its_filters(self, client, db):
        response = client.get(f"{PORTAL}sessions/?status=failed")
        assert response["Location"] == f"{LOGIN}{PORTAL}sessions/%3Fstatus%3Dfailed"

    def test_a_refused_page_is_in_the_portals_shell_and_says_who_is_logged_in(
        self, people, as_user
    ):
        response = as_user(people.staff).get(PORTAL)
        assert response.status_code == 403
        assert "stepan.staff" in response.text
        assert "ops.css" in response.text

    def test_a_user_who_was_deactivated_is_sent_to_the_login(self, people, as_user):
        client = as_user(people.operator)
        people.operator.is_active = False
        people.operator.save()
        assert client.get(PORTAL).status_code == 302

    def test_rights_are_looked_up_again_on_each_post(self, people, as_user, data_root):
        client = as_user(people.operator)
        assert client.get(PORTAL).status_code == 200
        people.operator.groups.clear()
        assert client.post(PORTAL).status_code == 403
        assert not ImportSession.objects.exists()

    def test_a_post_without_the_csrf_token_is_refused(self, people, data_root):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people.operator)
        assert client.post(PORTAL).status_code == 403
        assert not ImportSession.objects.exists()

    def test_one_who_may_view_but_not_export_gets_no_file(self, people, as_user, make_session):
        make_session()
        group = people.viewer.groups.get()
        group.permissions.remove(group.permissions.get(codename="export_importsession"))
        client = as_user(people.viewer)
        assert client.get(f"{PORTAL}sessions/?_export=csv").status_code == 403
        assert "_export" not in client.get(f"{PORTAL}sessions/").text

    def test_no_page_may_be_kept_by_a_cache(self, operator):
        assert "no-store" in operator.get(PORTAL)["Cache-Control"]


class TestExpiredLogin:
    def test_a_fragment_says_so_and_stops_polling(self, client, running):
        path = f"{PORTAL}sessions/{running.pk}/status/?_part=card"
        response = client.get(
            path,
            headers={
                "HX-Request": "true",
                "HX-Current-URL": f"http://testserver{PORTAL}",
                "Accept-Language": "en",
            },
        )
        assert response.status_code == 401
        assert "no longer logged in" in response.text
        assert f"/admin/login/?next={PORTAL}" in response.text
        assert "hx-trigger" not in response.text

    def test_it_never_leads_back_to_another_site(self, client, running):
        response = client.get(
            f"{PORTAL}sessions/{running.pk}/status/?_part=card",
            headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"},
        )
        assert "evil.example" not in response.text


class TestAdmin:
    @pytest.mark.parametrize(
        "address", ["/admin/", "/admin/login/", "/admin/monitoring/dashboard/"]
    )
    def test_each_page_names_the_icon_of_the_portal(self, client, operator, address):
        visitor = client if "login" in address else operator
        [icon] = re.findall(r'<link rel="icon"\s+href="/static/([^"]+)"', visitor.get(address).text)
        assert find(icon), icon

    def test_the_index_links_to_the_portal_for_those_who_may(self, operator, people, as_user):
        assert f'href="{PORTAL}"' in operator.get("/admin/").text
        assert f'href="{PORTAL}"' not in as_user(people.staff).get("/admin/").text

    def test_the_sidebar_links_to_the_portal(self, operator):
        assert f'href="{PORTAL}"' in operator.get("/admin/password_change/").text

    def test_the_login_page_of_a_stranger_shows_no_link(self, client, db):
        assert PORTAL not in client.get("/admin/login/").text
