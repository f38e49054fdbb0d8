"""Whose account a customer's is."""

import pytest

from apps.users.models import User

from .conftest import INN, OTHER_INN, account, customer, the


class TestOrder:
    def test_the_1c_id_comes_first(self, run_import):
        known = account("known", onec_id="c1")
        account("by_inn", tax_id=INN)
        account("by_email", email="i@example.org")
        run_import(customer(inn=INN, email="i@example.org"))
        assert the() == known

    def test_then_the_inn(self, run_import):
        by_inn = account("by_inn", tax_id=INN)
        account("by_email", email="i@example.org")
        outcome = run_import(customer(inn=INN, email="i@example.org"))
        assert the() == by_inn
        assert outcome.codes() == ["email_taken"]

    def test_then_the_address_in_any_letter_case(self, run_import):
        by_email = account("by_email", email="Ivan@Example.org")
        run_import(customer(inn=INN, email="iVAN@example.ORG"))
        assert the() == by_email
        assert the().tax_id == INN

    def test_a_wrong_inn_finds_nobody(self, run_import):
        account(tax_id="7701234569")
        run_import(customer(inn="7701234569"))
        assert User.objects.count() == 2

    def test_nobody_is_found_by_what_nobody_has(self, run_import):
        account("a")
        run_import(customer())
        assert User.objects.count() == 2


class TestSeveralWithOneInn:
    def test_the_address_tells_which_is_meant(self, run_import):
        account("a", tax_id=INN, email="a@example.org")
        b = account("b", tax_id=INN, email="B@example.org")
        run_import(customer(inn=INN, email="b@example.org"))
        assert the() == b

    @pytest.mark.parametrize("email", ["", "c@example.org"])
    def test_otherwise_nothing_is_guessed(self, run_import, email):
        account("a", tax_id=INN, email="a@example.org")
        account("b", tax_id=INN)
        outcome = run_import(customer(inn=INN, email=email), customer("c2"))
        assert (outcome.code, outcome.codes()) == (3, ["tax_id_ambiguous"])
        assert outcome.counts == {"read": 2, "created": 1, "failed": 1}
        assert not User.objects.filter(onec_id="c1").exists()

    def test_accounts_that_1c_knows_by_another_id_are_other_customers(self, run_import):
        branches = [customer("head", "Мяч", inn=INN), customer("branch", "Мяч-2", inn=INN)]
        assert run_import(*branches).counts == {"read": 2, "created": 2}
        assert run_import(*branches).counts == {"read": 2, "unchanged": 2}
        assert run_import(*reversed(branches)).counts == {"read": 2, "unchanged": 2}


class TestStaff:
    @pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
    @pytest.mark.parametrize(
        "found_by", [{"onec_id": "c1"}, {"tax_id": INN}, {"email": "i@example.org"}]
    )
    def test_a_staff_account_is_never_touched(self, run_import, right, found_by):
        staff = account("staff", first_name="Стефан", **{right: True}, **found_by)
        before = User.objects.filter(pk=staff.pk).values().get()
        record = customer(name="Другой Человек", inn=INN, email="i@example.org")
        outcome = run_import(record)
        assert outcome.codes() == ["staff_account"]
        assert outcome.counts == {"read": 1, "skipped": 1}
        assert outcome.log() == [("c1", "skipped")]
        assert User.objects.filter(pk=staff.pk).values().get() == before
        assert User.objects.count() == 1

    def test_deletion_in_1c_leaves_it_too(self, run_import):
        account("staff", is_staff=True, onec_id="c1", created_in_1c=True)
        assert run_import(customer(deleted=True)).codes() == ["staff_account"]
        assert the().is_active

    def test_a_customers_own_account_is_preferred_to_one_of_staff(self, run_import):
        account("staff", tax_id=INN, is_staff=True)
        own = account("own", tax_id=INN)
        run_import(customer(inn=INN))
        assert the() == own

    def test_a_customer_never_gets_the_address_of_staff(self, run_import):
        account("staff", email="boss@example.org", is_staff=True)
        own = account("own", onec_id="c1", created_in_1c=True)
        outcome = run_import(customer(email="boss@example.org"))
        assert outcome.codes() == ["email_taken"]
        own.refresh_from_db()
        assert own.email == ""

    def test_promotion_after_the_import_ends_it(self, run_import):
        run_import(customer())
        User.objects.update(is_staff=True)
        assert run_import(customer(name="Другой Иван")).codes() == ["staff_account"]
        assert the().last_name == "Иванов"

    def test_no_import_grants_rights(self, run_import):
        account(email="i@example.org")
        run_import(customer(email="i@example.org"), customer("c2", inn=OTHER_INN))
        users = User.objects.all()
        assert users.count() == 2
        assert not any(user.is_staff or user.is_superuser for user in users)
        assert not any(user.groups.exists() or user.user_permissions.exists() for user in users)
