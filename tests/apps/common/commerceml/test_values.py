# ruff: noqa: DTZ001 (1C names no zone)
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.commerceml import BadValue, split_id
from apps.common.commerceml.values import (
    NOT_SET,
    is_deleted_status,
    is_false,
    is_not_set,
    is_true,
    normalise_currency,
    parse_datetime,
    parse_decimal,
)


class TestParseDecimal:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("6990", "6990"),
            ("21.6", "21.6"),
            ("21,6", "21.6"),
            ("-3", "-3"),
            ("+3", "3"),
            (" 5 ", "5"),
            ("1 234,50", "1234.50"),
            ("1\u00a0234,50", "1234.50"),
            ("1\u202f234\u202f567", "1234567"),
            ("1'234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("18%", "18"),
            ("18 %", "18"),
            ("\u22125", "-5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1E-05", "0.00001"),
            ("-999 999 999,9", "-999999999.9"),
        ],
    )
    def test_reads_every_spelling(self, text: str, value: str) -> None:
        assert parse_decimal(text) == Decimal(value)

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", None, "нет", "1-2", "--1", "NaN", "Infinity", "1_000", "٣", "0x10", "1e999",
            "%", "руб 5", "9" * 1000, "1 2 3" * 500,
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_number(self, text: str | None) -> None:
        with pytest.raises(BadValue):
            parse_decimal(text)

    def test_an_error_does_not_carry_a_megabyte(self) -> None:
        with pytest.raises(BadValue) as caught:
            parse_decimal("x" * 1_000_000)
        assert len(str(caught.value)) < 200

    @given(
        st.decimals(
            allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
        ),
        st.sampled_from([",", "."]),
        st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    )
    def test_what_1c_writes_comes_back(self, number: Decimal, mark: str, blank: str) -> None:
        text = f"{number:,f}".replace(",", blank).replace(".", mark)
        assert parse_decimal(text) == number

    @given(st.text(max_size=80))
    def test_any_text_is_a_number_or_refused(self, text: str) -> None:
        with suppress(BadValue):
            assert parse_decimal(text).is_finite()

    def test_not_set_is_recognised_by_value(self) -> None:
        assert is_not_set(parse_decimal("-999\u00a0999\u00a0999,90"))
        assert is_not_set(NOT_SET)
        assert not is_not_set(Decimal(-999))


class TestParseDatetime:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2015-04-21", datetime(2015, 4, 21)),
            ("2014-10-23T14:14:35", datetime(2014, 10, 23, 14, 14, 35)),
            ("2014-11-25T8:00:00", datetime(2014, 11, 25, 8)),
            ("2022-10-31UTC02:25:50", datetime(2022, 10, 31, 2, 25, 50)),
            ("2022-10-31 02:25", datetime(2022, 10, 31, 2, 25)),
            ("T0:36:33", None),
            ("2022-13-01", None),
            ("2022-02-30T00:00:00", None),
            ("", None),
            (None, None),
            ("вчера", None),
        ],
    )  # fmt: skip
    def test_reads_what_it_can(self, text: str | None, moment: datetime | None) -> None:
        assert parse_datetime(text) == moment

    @given(st.text())
    def test_never_raises(self, text: str) -> None:
        parse_datetime(text)


class TestFlags:
    @pytest.mark.parametrize("text", ["true", "TRUE", "Да", "да", " 1 ", "Истина"])
    def test_yes(self, text: str) -> None:
        assert is_true(text)
        assert not is_false(text)

    @pytest.mark.parametrize("text", ["false", "False", "Нет", "0", "ложь"])
    def test_no(self, text: str) -> None:
        assert is_false(text)
        assert not is_true(text)

    @pytest.mark.parametrize("text", ["", None, "может быть"])
    def test_neither(self, text: str | None) -> None:
        assert not is_true(text)
        assert not is_false(text)

    @pytest.mark.parametrize("text", ["Удален", "удален", "УДАЛЁН", "Удалён "])
    def test_deleted_in_any_letter_case(self, text: str) -> None:
        assert is_deleted_status(text)

    @pytest.mark.parametrize("text", ["", None, "Новый", "Изменен"])
    def test_not_deleted(self, text: str | None) -> None:
        assert not is_deleted_status(text)


class TestCurrency:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("руб", "RUB"), ("руб.", "RUB"), ("Руб.", "RUB"), ("RUR", "RUB"), ("643", "RUB"),
            ("RUB", "RUB"), ("usd", "USD"), ("USD", "USD"), ("$", "USD"), ("EUR", "EUR"),
            ("", ""), (None, ""), (" тугрик ", "тугрик"),
        ],
    )  # fmt: skip
    def test_names_become_codes(self, text: str | None, code: str) -> None:
        assert normalise_currency(text) == code


class TestSplitId:
    @pytest.mark.parametrize(
        ("onec_id", "parts"),
        [
            ("a", ("a", None)),
            ("a#b", ("a", "b")),
            ("a#b#c", ("a", "b#c")),
            ("a#", ("a", None)),
            ("", ("", None)),
        ],
    )
    def test_splits_at_the_first_mark(self, onec_id: str, parts: tuple[str, str | None]) -> None:
        assert split_id(onec_id) == parts
