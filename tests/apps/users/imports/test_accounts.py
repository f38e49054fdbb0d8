"""What becomes of accounts: new ones, existing ones, addresses that several want."""

from django.db import connection

from apps.common.models import CustomerSyncLog
from apps.users.models import User

from .conftest import INN, OTHER_INN, account, customer, the


class TestNewAccounts:
    def test_nobody_can_log_in_and_nothing_is_granted(self, run_import):
        run_import(customer(email="i@example.org"))
        user = the()
        assert not user.has_usable_password()
        assert (user.role, user.created_in_1c, user.is_active) == ("unregistered", True, True)
        assert not user.is_staff
        assert not user.is_superuser
        assert user.last_sync_at is not None

    def test_every_account_gets_a_password_field_of_its_own(self, run_import):
        run_import(customer(), customer("c2"))
        assert the("c1").password != the("c2").password

    def test_the_login_comes_from_the_1c_id_and_passes_the_admins_check(self, run_import):
        run_import(customer("a#b"), customer("Бренд"))
        for user in User.objects.all():
            user.full_clean()
        assert {u.username for u in User.objects.all()} == {"1c-a_b", "1c-Бренд"}

    def test_a_login_that_somebody_has_is_left_to_him(self, run_import):
        squatter = account("1c-c1")
        run_import(customer(), customer("a#b"), customer("a_b"))
        assert the().username != squatter.username
        assert the().username.startswith("1c-c1-")
        assert the("a#b").username != the("a_b").username


class TestExistingAccounts:
    def test_what_the_shop_owns_stays(self, run_import):
        user = account(email="i@example.org", role="wholesale_level2")
        run_import(customer(name="Петров Пётр", inn=INN, email="i@example.org"))
        user.refresh_from_db()
        assert user.check_password("his own password")
        assert (user.username, user.role) == ("ivan", "wholesale_level2")
        assert not user.created_in_1c
        assert user.onec_id == "c1"

    def test_1c_wins_on_names_phone_company_inn_and_addresses(self, run_import):
        account(
            email="i@example.org",
            last_name="Старый",
            first_name="Иван",
            phone="+70000000001",
            company_name="Прежняя",
            tax_id=OTHER_INN,
            legal_address="там",
        )
        record = customer(
            name="ИП Новый Иван",
            inn=INN,
            email="i@example.org",
            phone="8 000 000 00 02",
            address="здесь",
        )
        run_import(record)
        user = the()
        assert (user.last_name, user.phone) == ("Новый", "+70000000002")
        assert (user.company_name, user.tax_id) == ("ИП Новый Иван", INN)
        assert user.legal_address == "здесь"

    def test_where_1c_says_nothing_what_the_customer_told_the_shop_stays(self, run_import):
        account(email="i@example.org", phone="+70000000001", legal_address="там")
        run_import(customer(email="i@example.org"))
        assert (the().phone, the().legal_address) == ("+70000000001", "там")

    def test_of_an_account_that_an_import_made_1c_clears_values_too(self, run_import):
        run_import(customer(phone="8 000 000 00 01", email="i@example.org"))
        run_import(customer())
        assert (the().phone, the().email) == ("", "")

    def test_the_customers_own_address_stays(self, run_import):
        account(email="own@example.org", tax_id=INN)
        outcome = run_import(customer(inn=INN, email="other@example.org"))
        assert outcome.codes() == ["email_kept"]
        assert the().email == "own@example.org"

    def test_an_account_without_an_address_gets_that_of_1c(self, run_import):
        account(tax_id=INN)
        run_import(customer(inn=INN, email="i@example.org"))
        assert the().email == "i@example.org"


class TestAddressesThatSeveralWant:
    def test_the_second_customer_comes_in_without_and_is_told_of(self, run_import):
        outcome = run_import(
            customer("c1", email="i@example.org"), customer("c2", email="I@example.org")
        )
        assert outcome.counts == {"read": 2, "created": 2}
        assert (the("c1").email, the("c2").email) == ("i@example.org", "")
        issue = outcome.session.issues.get()
        assert (issue.code, issue.onec_id) == ("email_taken", "c2")
        assert "c1" in issue.sentence

    def test_an_address_moves_from_one_customer_to_the_next(self, run_import):
        before = [customer("c1", email="i@example.org"), customer("c2")]
        after = [customer("c1"), customer("c2", email="i@example.org")]
        run_import(*before)
        assert run_import(*after).counts == {"read": 2, "updated": 2}
        assert (the("c1").email, the("c2").email) == ("", "i@example.org")
        run_import(*before)
        assert (the("c1").email, the("c2").email) == ("", "")
        run_import(*before)
        assert the("c1").email == "i@example.org"

    def test_an_address_moves_to_a_new_customer(self, run_import):
        run_import(customer("c1", email="i@example.org"))
        run_import(customer("c1"), customer("c2", email="i@example.org"))
        assert (the("c1").email, the("c2").email) == ("", "i@example.org")

    def test_a_swap_comes_right_with_the_second_run(self, run_import):
        run_import(customer("c1", email="a@example.org"), customer("c2", email="b@example.org"))
        swapped = [customer("c1", email="b@example.org"), customer("c2", email="a@example.org")]
        run_import(*swapped)
        run_import(*swapped)
        assert (the("c1").email, the("c2").email) == ("b@example.org", "a@example.org")
        assert run_import(*swapped).counts == {"read": 2, "unchanged": 2}


class TestConflicts:
    def test_both_versions_are_archived_before_an_account_is_taken_over(self, run_import):
        user = account(email="i@example.org", last_name="Старый", phone="+70000000001")
        outcome = run_import(customer(name="Новый Иван", email="i@example.org"))
        assert outcome.codes() == ["customer_conflict"]
        assert outcome.log() == [("c1", "conflict"), ("c1", "updated")]
        row = CustomerSyncLog.objects.get(operation_type="conflict")
        assert row.customer == user
        assert row.details["conflict"] == ["last_name"]
        assert row.details["before"]["last_name"] == "Старый"
        assert row.details["after"]["last_name"] == "Новый"
        assert row.details["matched_by"] == "email"

    def test_an_edit_in_the_shop_since_the_last_import_is_one(self, run_import):
        run_import(customer(phone="8 000 000 00 01"))
        User.objects.update(phone="+70000000009")
        outcome = run_import(customer(phone="8 000 000 00 01"))
        assert outcome.log() == [("c1", "conflict"), ("c1", "updated")]
        row = CustomerSyncLog.objects.get(operation_type="conflict")
        assert row.details["before"]["phone"] == "+70000000009"
        assert the().phone == "+70000000001"

    def test_a_change_in_1c_alone_is_none(self, run_import):
        run_import(customer(phone="8 000 000 00 01"))
        outcome = run_import(customer(phone="8 000 000 00 02"))
        assert outcome.log() == [("c1", "updated")]
        row = CustomerSyncLog.objects.get(operation_type="updated")
        assert row.details == {"matched_by": "onec_id", "changed": ["phone"]}

    def test_the_same_change_on_both_sides_is_none(self, run_import):
        run_import(customer(phone="8 000 000 00 01"))
        User.objects.update(phone="+70000000002")
        again = customer(phone="8 000 000 00 02")
        assert run_import(again).log() == [("c1", "updated")]
        assert run_import(again).counts == {"read": 1, "unchanged": 1}

    def test_filling_what_was_empty_is_none(self, run_import):
        account(email="i@example.org", last_name="Иванов", first_name="Иван")
        outcome = run_import(customer(email="i@example.org", phone="8 000 000 00 01"))
        assert outcome.log() == [("c1", "updated")]


class TestDeletedInOnec:
    def test_an_account_that_an_import_made_is_switched_off(self, run_import):
        run_import(customer())
        outcome = run_import(customer(deleted=True))
        assert outcome.counts == {"read": 1, "hidden": 1}
        assert outcome.log() == [("c1", "hidden")]
        assert not the().is_active
        assert run_import(customer(deleted=True)).counts == {"read": 1, "unchanged": 1}

    def test_it_comes_back_with_its_customer(self, run_import):
        run_import(customer())
        run_import(customer(deleted=True))
        outcome = run_import(customer())
        assert outcome.counts == {"read": 1, "updated": 1}
        assert outcome.log() == [("c1", "updated")]
        assert the().is_active

    def test_what_staff_switched_off_stays_off(self, run_import):
        run_import(customer())
        User.objects.update(is_active=False)
        assert run_import(customer()).counts == {"read": 1, "unchanged": 1}
        run_import(customer(deleted=True))
        assert run_import(customer(name="Новый Иван")).counts == {"read": 1, "updated": 1}
        assert not the().is_active
        assert the().last_name == "Новый"

    def test_what_staff_switched_on_again_stays_on(self, run_import):
        run_import(customer())
        run_import(customer(deleted=True))
        User.objects.update(is_active=True)
        assert run_import(customer(deleted=True)).counts == {"read": 1, "unchanged": 1}
        assert the().is_active

    def test_an_account_that_its_owner_registered_stays(self, run_import):
        account(onec_id="c1")
        outcome = run_import(customer(deleted=True))
        assert outcome.codes() == ["deleted_account_kept"]
        assert outcome.counts == {"read": 1, "skipped": 1}
        assert the().is_active

    def test_a_customer_who_was_never_seen_is_not_made(self, run_import):
        outcome = run_import(customer(deleted=True))
        assert (outcome.code, outcome.codes()) == (0, [])
        assert outcome.counts == {"read": 1, "skipped": 1}
        assert outcome.log() == [("c1", "skipped")]
        assert not User.objects.exists()

    def test_no_account_is_found_by_inn_or_address_to_be_switched_off(self, run_import):
        account(tax_id=INN, email="i@example.org")
        run_import(customer(inn=INN, email="i@example.org", deleted=True))
        assert User.objects.get().is_active


class TestAccountsThatChangeMeanwhile:
    def test_an_account_is_looked_at_again_once_it_is_locked(self, run_import, monkeypatch):
        """Somebody becomes a staff member between the first look and the lock."""
        from apps.users.imports import customers  # noqa: PLC0415  (its lock is what we wait for)

        run_import(customer())
        lock = customers._lock

        def promote_first(ids: set[int]) -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE users_user SET is_staff = true")
            lock(ids)

        monkeypatch.setattr(customers, "_lock", promote_first)
        assert run_import(customer(name="Другой Иван")).codes() == ["staff_account"]
        assert the().last_name == "Иванов"

    def test_who_becomes_staff_before_the_run_ends_is_not_switched_off(
        self, run_import, monkeypatch
    ):
        from apps.users.imports import customers  # noqa: PLC0415  (its work is what we wait for)

        run_import(customer())
        carry_out = customers._carry_out

        def then_promote(*args: object) -> None:
            carry_out(*args)
            User.objects.update(is_staff=True)

        monkeypatch.setattr(customers, "_carry_out", then_promote)
        assert run_import(customer(deleted=True)).log() == []
        assert the().is_active
