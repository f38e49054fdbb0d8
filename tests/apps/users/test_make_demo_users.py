"""`make_demo_users`: three people, no surprises, never in a real shop."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from apps.users.demo import DEMO_PASSWORD
from apps.users.models import User

pytestmark = pytest.mark.django_db


def run(**options: object) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("make_demo_users", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def demo_machine(settings: Settings) -> None:
    settings.DEBUG = True


@pytest.mark.usefixtures("demo_machine")
class TestRuns:
    def test_makes_three_and_prints_how_to_log_in(self) -> None:
        output = run()
        for username in ("admin", "operator", "viewer"):
            assert username in output
        assert output.count(DEMO_PASSWORD) == 3

    def test_the_printed_password_opens_the_door(self, client: Client) -> None:
        run()
        for username in ("admin", "operator", "viewer"):
            assert client.login(username=username, password=DEMO_PASSWORD)
            assert client.get("/admin/").status_code == 200

    def test_each_may_do_what_the_role_says(self) -> None:
        run()
        admin, operator, viewer = (
            User.objects.get(username=name) for name in ("admin", "operator", "viewer")
        )
        assert admin.is_superuser
        assert operator.has_perm("products.run_import")
        assert not operator.is_superuser
        assert viewer.has_perm("products.view_importsession")
        assert not viewer.has_perm("products.run_import")

    def test_repeating_it_changes_nothing(self) -> None:
        run()
        before = list(User.objects.order_by("pk").values())
        output = run()
        assert list(User.objects.order_by("pk").values()) == before
        assert output.count("left as it is") == 3
        assert DEMO_PASSWORD not in output

    def test_a_login_that_is_taken_gets_no_rights_and_no_known_password(self) -> None:
        taken = User.objects.create_user("operator", password="own secret")
        run()
        taken.refresh_from_db()
        assert taken.check_password("own secret")
        assert not taken.is_staff
        assert not taken.groups.exists()


class TestRefuses:
    def test_where_debug_is_off(self, settings: Settings) -> None:
        settings.DEBUG = False
        with pytest.raises(CommandError, match="password"):
            run()
        assert not User.objects.exists()

    def test_unless_told_that_the_risk_is_known(self, settings: Settings) -> None:
        settings.DEBUG = False
        run(i_know=True)
        assert User.objects.count() == 3
