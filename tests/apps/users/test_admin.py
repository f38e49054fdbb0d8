"""Users in the admin: what follows 1C is shown, what the shop owns can be changed."""

import pytest
from django.test import Client

from apps.users.admin import ONEC_WINS
from apps.users.models import User
from tests.support.people import People

USERS = "/admin/users/user/"


@pytest.fixture
def staff(client: Client, people: People) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(people.admin)
    return client


@pytest.fixture
def customer(db: None) -> User:
    """A company that 1C knows."""
    return User.objects.create_user(
        "ooo-sport",
        "sport@example.org",
        onec_id="k-1",
        company_name="ООО «Спорт»",
        tax_id="7707083893",
        phone="+79990000000",
    )


def fields(client: Client, user: User) -> set[str]:
    return set(client.get(f"{USERS}{user.pk}/change/").context["adminform"].form.fields)


class TestSearch:
    @pytest.mark.parametrize(
        "term", ["ooo-sport", "sport@example.org", "спорт", "7707083893", "k-1", "+7999000"]
    )
    def test_a_customer_is_found_by(self, staff: Client, customer: User, term: str) -> None:
        rows = staff.get(USERS, {"q": term}).context["cl"].result_list
        assert list(rows) == [customer]

    def test_customers_known_to_1c_can_be_told_apart(self, staff: Client, customer: User) -> None:
        known = staff.get(USERS, {"known": "1"}).context["cl"].result_list
        others = staff.get(USERS, {"known": "0"}).context["cl"].result_list
        assert list(known) == [customer]
        assert customer not in others


class TestOwnership:
    def test_what_1c_wins_on_cannot_be_changed_for_its_customers(
        self, staff: Client, customer: User
    ) -> None:
        editable = fields(staff, customer)
        assert not editable & {*ONEC_WINS, "onec_id", "created_in_1c", "last_sync_at"}
        assert {"role", "email", "username"} <= editable

    def test_customers_of_the_shop_alone_can_be_described(
        self, staff: Client, people: People
    ) -> None:
        editable = fields(staff, people.customer)
        assert set(ONEC_WINS) <= editable
        assert "onec_id" not in editable

    def test_the_page_says_why(self, staff: Client, customer: User) -> None:
        html = staff.get(f"{USERS}{customer.pk}/change/").content.decode()
        assert "change them in 1C, then run an import" in html


class TestAdding:
    def test_a_user_is_added_with_a_role(self, staff: Client, people: People) -> None:
        response = staff.post(
            f"{USERS}add/",
            {
                "username": "trainer",
                "email": "",
                "role": "trainer",
                "usable_password": "true",
                "password1": "correct horse battery",
                "password2": "correct horse battery",
            },
        )
        assert response.status_code == 302, response.content.decode()
        assert User.objects.get(username="trainer").role == "trainer"
