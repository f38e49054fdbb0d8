"""What stands in 1C, and where it goes in the shop."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.synthetic.checkdigits import inn10, inn12
from apps.users.imports import contacts
from apps.users.imports.contacts import normalise_email, normalise_phone
from apps.users.imports.masks import mask_email, mask_number
from apps.users.imports.taxpayer import compact, is_inn, is_kpp

from .conftest import COMPANY_INN, INN, customer, the


class TestPhones:
    @pytest.mark.parametrize(
        "text",
        [
            "+7 (000) 123-45-67",
            "8 000 123 45 67",
            "8(000)123-4567",
            "7 000 123 45 67",
            "000 123-45-67",
            "70001234567",
            "тел. 8-000-123-45-67",
            "8\u00a0000\u00a0123\u00a045\u00a067",
            "8 (000) 123-45-67 доб. 12",
        ],
    )
    def test_every_way_of_writing_becomes_one(self, text):
        assert normalise_phone(text) == "+70001234567"

    @given(st.text(alphabet="+78901234 ()-\u00a0", max_size=16))
    def test_the_short_cut_for_plain_numbers_agrees_with_the_library(self, text):
        shortened = normalise_phone(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(contacts, "_PLAIN_PHONE", re.compile("(?!)"))
            assert normalise_phone(text) == shortened

    def test_a_foreign_number_keeps_its_country(self):
        assert normalise_phone("+375 29 123-45-67") == "+375291234567"

    @pytest.mark.parametrize("text", ["123-45-67", "нет", "8 000 123", "+7 000 123 45 67 89 01"])
    def test_what_is_no_number_is_none(self, text):
        assert normalise_phone(text) is None


class TestEmails:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("ivan@example.org", "ivan@example.org"),
            ("Ivan.Petrov+shop@Example.ORG", "Ivan.Petrov+shop@example.org"),
            ("ivan@пример.рф", "ivan@пример.рф"),
            ("o'neill@example.org", "o'neill@example.org"),
            ("ivan@shop.test", "ivan@shop.test"),
        ],
    )
    def test_an_address_keeps_its_name_and_gets_a_domain_in_small_letters(self, text, address):
        assert normalise_email(text) == address

    @pytest.mark.parametrize(
        "text",
        [
            *("ivan", "ivan@", "@example.org", "ivan@example", "ivan@example..org"),
            *("i van@example.org", "ivan..p@example.org", "ivan@exa mple.org", "a@b@example.org"),
            f"ivan@{'a' * 64}.org",
            f"{'i' * 60}@{'a.' * 98}org",
        ],
    )
    def test_what_is_no_address_is_none(self, text):
        assert normalise_email(text) is None


class TestTaxNumbers:
    @pytest.mark.parametrize("number", [inn10(770_123_456), inn12(7_701_234_567), inn10(1)])
    def test_right_check_digits_pass(self, number):
        assert is_inn(number)

    @pytest.mark.parametrize("number", [inn10(770_123_456), inn12(7_701_234_567)])
    def test_a_wrong_check_digit_does_not(self, number):
        for digit in set("0123456789") - {number[-1]}:
            assert not is_inn(number[:-1] + digit)

    @pytest.mark.parametrize("number", ["", "0" * 10, "0" * 12, "77012345", "abcdefghij", "١" * 10])
    def test_fillers_and_other_lengths_do_not(self, number):
        assert not is_inn(number)

    @pytest.mark.parametrize(
        ("number", "right"), [("770101001", True), ("7701AZ001", True), ("77010100", False)]
    )
    def test_a_kpp_has_a_form_and_no_check_digit(self, number, right):
        assert is_kpp(number) is right

    def test_blanks_inside_a_number_do_not_count(self):
        assert compact(" 7701\u00a0234 567\n") == "7701234567"


class TestMasks:
    def test_an_address_keeps_its_first_letter_and_its_domain(self):
        assert mask_email("ivan@example.org") == "i***@example.org"
        assert mask_email("no sign") == "n***"

    def test_a_number_keeps_its_ends(self):
        assert mask_number("7701234567") == "77***67"
        assert mask_number("77") == "***"


class TestTypesAndNames:
    def test_a_kpp_makes_a_legal_entity(self, run_import):
        run_import(
            customer(
                name="ООО «Мяч»",
                legal_name="Общество «Мяч»",
                inn=COMPANY_INN,
                kpp="770101001",
                address="г. Нигде, ул. Никакая, 1",
            )
        )
        user = the()
        assert (user.customer_type, user.company_name) == ("legal_entity", "ООО «Мяч»")
        assert (user.legal_name, user.tax_id) == ("Общество «Мяч»", COMPANY_INN)
        assert (user.kpp, user.legal_address) == ("770101001", "г. Нигде, ул. Никакая, 1")
        assert user.get_full_name() == ""

    @pytest.mark.parametrize(
        ("name", "legal_name"),
        [
            ("ИП Петров Пётр Петрович", ""),
            ("Петров Пётр Петрович ИП", ""),
            ("Петров Пётр Петрович", "Индивидуальный предприниматель Петров Пётр Петрович"),
        ],
    )
    def test_an_inn_and_the_letters_make_an_entrepreneur(self, run_import, name, legal_name):
        run_import(customer(name=name, legal_name=legal_name, inn=INN))
        user = the()
        assert (user.customer_type, user.company_name) == ("entrepreneur", name)
        assert (user.last_name, user.first_name) == ("Петров", "Пётр")

    def test_without_an_inn_the_letters_make_none(self, run_import):
        run_import(customer(name="ИП Петров Пётр"))
        assert the().customer_type == "person"

    def test_letters_inside_a_word_mean_nothing(self, run_import):
        run_import(customer(name="Ипатов Филипп", inn=INN))
        assert the().customer_type == "person"

    @pytest.mark.parametrize(
        ("name", "last", "first", "legal"),
        [
            ("Иванов Иван", "Иванов", "Иван", ""),
            ("Иванов Иван Иванович", "Иванов", "Иван", "Иванов Иван Иванович"),
            ("Иванов", "Иванов", "", ""),
            ("Клуб любителей мяча и ракетки", "Клуб", "любителей мяча и ракетки", ""),
        ],
    )
    def test_a_persons_name_is_surname_then_first_name(self, run_import, name, last, first, legal):
        run_import(customer(name=name))
        user = the()
        assert (user.last_name, user.first_name, user.legal_name) == (last, first, legal)
        assert (user.customer_type, user.company_name) == ("person", "")

    def test_fields_of_their_own_win_over_the_name(self, run_import):
        inner = "<Фамилия>Иванов</Фамилия><Имя>Иван</Имя><Отчество>Иванович</Отчество>"
        run_import(customer(name="Иванов И. И. (клуб)", inner=inner))
        user = the()
        assert (user.last_name, user.first_name) == ("Иванов", "Иван")
        assert user.legal_name == "Иванов И. И. (клуб)"

    def test_the_official_name_stands_in_for_the_full_one(self, run_import):
        inner = "<ОфициальноеНаименование>Общество</ОфициальноеНаименование>"
        run_import(customer(name="ООО", kpp="770101001", inner=inner))
        assert the().legal_name == "Общество"

    def test_a_name_that_does_not_fit_is_cut_and_told(self, run_import):
        outcome = run_import(customer(name="Я" * 600, kpp="770101001"))
        assert (outcome.code, outcome.codes()) == (0, ["text_too_long"])
        assert the().company_name == "Я" * 500


class TestContactsOfACustomer:
    def test_the_first_of_several_entries_counts(self, run_import):
        run_import(
            customer(
                phone="8 (000) 123-45-67, доб. 5, 8 000 765 43 21",
                email="a@example.org; b@example.org",
            )
        )
        assert (the().phone, the().email) == ("+70001234567", "a@example.org")

    def test_a_phone_that_cannot_be_read_is_a_warning(self, run_import):
        outcome = run_import(customer(phone="звонить вечером"))
        assert (outcome.code, outcome.codes()) == (0, ["phone_unreadable"])
        assert the().phone == ""

    def test_an_invalid_address_keeps_the_customer_out(self, run_import):
        outcome = run_import(customer(email="ivan(at)example"), customer("c2", "Пётр"))
        assert (outcome.code, outcome.codes()) == (3, ["email_invalid"])
        assert outcome.counts == {"read": 2, "created": 1, "failed": 1}
        assert the("c2").email == ""

    def test_issues_name_the_record_and_hide_the_rest(self, run_import):
        outcome = run_import(customer(email="ivan.secret@example", inn="7701234569"))
        for issue in outcome.session.issues.all():
            assert issue.onec_id == "c1"
            assert issue.file == "contragents/contragents_1_1_a.xml"
            assert issue.line == 4
            assert "secret" not in issue.sentence
            assert "7701234569" not in issue.sentence


class TestWrongTaxNumbers:
    def test_a_wrong_inn_is_a_warning_and_stays_as_1c_has_it(self, run_import):
        outcome = run_import(customer(inn="7701234569"))
        assert (outcome.code, outcome.codes()) == (0, ["tax_id_wrong"])
        assert the().tax_id == "7701234569"

    def test_a_number_too_long_for_an_inn_is_not_cut_into_another(self, run_import):
        outcome = run_import(customer(inn=INN + "0"))
        assert outcome.codes() == ["tax_id_wrong"]
        assert the().tax_id == ""

    def test_a_wrong_kpp_is_a_warning(self, run_import):
        outcome = run_import(customer(name="ООО", inn=COMPANY_INN, kpp="7701"))
        assert (outcome.code, outcome.codes()) == (0, ["kpp_wrong"])
        assert (the().kpp, the().customer_type) == ("7701", "legal_entity")


class TestRequiredAndFiltered:
    def test_a_record_without_id_or_name_fails(self, run_import):
        outcome = run_import(customer(""), customer("c2", ""), customer("c" * 81))
        assert (outcome.code, outcome.codes()) == (1, ["id_too_long", "no_id", "no_name"])
        assert outcome.counts == {"read": 3, "failed": 3}

    @pytest.mark.parametrize("roles", [(), ("Покупатель",), ("Поставщик", "покупатель")])
    def test_buyers_and_those_without_a_role_come_in(self, run_import, roles):
        assert run_import(customer(roles=roles)).counts == {"read": 1, "created": 1}

    def test_others_are_skipped_with_a_reason(self, run_import):
        outcome = run_import(customer(roles=("Поставщик", "Прочее")), customer("c2"))
        assert (outcome.code, outcome.codes()) == (0, ["not_a_buyer"])
        assert outcome.counts == {"read": 2, "created": 1, "skipped": 1}
        assert "Поставщик, Прочее" in outcome.session.issues.get().sentence
