"""Values as untidy as 1C's, and still valid where they must be."""

import re

import pytest

from apps.common.synthetic.chance import Dice, Fate, Fates, guid
from apps.common.synthetic.checkdigits import ean13, inn10, inn12
from tests.apps.common.synthetic.conftest import Write
from tests.apps.common.synthetic.reader import ReadShop


def ean_is_valid(code: str) -> bool:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
    return len(code) == 13 and total % 10 == 0


def inn_is_valid(inn: str) -> bool:
    digits = [int(digit) for digit in inn]
    weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
    if len(digits) == 10:
        checks = [(9, weights[2:])]
    elif len(digits) == 12:
        checks = [(10, weights[1:]), (11, weights)]
    else:
        return False
    return all(
        digits[place] == sum(a * b for a, b in zip(digits, some, strict=False)) % 11 % 10
        for place, some in checks
    )


@pytest.fixture(scope="module")
def shop(write: Write) -> ReadShop:
    return write(products=1000, customers=400)[2]


class TestCheckDigits:
    def test_of_known_numbers(self) -> None:
        assert ean13(460_123_456_789) == "4601234567893"
        assert inn10(770_708_389) == "7707083893"
        assert inn12(5_001_007_322) == "500100732259"

    def test_of_every_barcode(self, shop: ReadShop) -> None:
        rows = [*shop.products.values(), *shop.offers.values()]
        codes = [row["barcode"] for row in rows if row["barcode"]]
        assert all(map(ean_is_valid, codes))
        assert len(codes) == len(set(codes))

    def test_of_every_inn(self, shop: ReadShop) -> None:
        inns = [row["inn"] for row in shop.customers.values() if row["inn"]]
        assert all(map(inn_is_valid, inns))
        assert {len(inn) for inn in inns} == {10, 12}
        assert len(inns) == len(set(inns))


class TestGoods:
    def test_have_empty_and_repeated_articles(self, shop: ReadShop) -> None:
        articles = [row["article"] for row in shop.products.values()]
        assert 0 < articles.count("") < 100
        assert len(set(articles)) < len(articles) - articles.count("")

    def test_have_line_breaks_in_descriptions(self, shop: ReadShop) -> None:
        assert all("<br>" in row["description"] for row in shop.products.values())

    def test_have_unit_codes_with_a_trailing_blank(self, shop: ReadShop) -> None:
        assert "796 " in {row["unit"] for row in shop.products.values()}
        assert {row["unit"] for row in shop.products.values()} <= set(shop.units)

    def test_have_decimal_commas_and_no_break_spaces(self, shop: ReadShop) -> None:
        values = [value for row in shop.products.values() for value in row["values"].values()]
        assert any(re.fullmatch(r"\d{1,3},\d+", value) for value in values)
        assert any(re.fullmatch(r"\d\u00a0\d{3}(,\d+)?", value) for value in values)

    def test_have_prices_with_kopecks_and_untidy_stock(self, shop: ReadShop) -> None:
        assert any(price % 1 for price in shop.prices.values())
        assert all(price > 0 for price in shop.prices.values())
        stock = shop.stocks.values()
        assert any(quantity == 0 for quantity in stock)
        assert any(quantity < 0 for quantity in stock)
        assert any(quantity % 1 for quantity in stock)

    def test_tell_the_offers_of_one_product_apart(self, shop: ReadShop) -> None:
        names = [row["name"] for row in shop.offers.values()]
        assert len(set(names)) > 0.97 * len(names)
        for id_ in shop.products:
            own = [row["name"] for key, row in shop.offers.items() if key.startswith(f"{id_}#")]
            assert len(own) == len(set(own))

    def test_name_price_types_as_the_importer_guesses_roles(self, shop: ReadShop) -> None:
        names = [name.lower() for name in shop.price_types.values()]
        for word in ("опт 1", "опт 2", "опт 3", "тренер", "ррц", "мрц"):
            assert sum(word in name for name in names) == 1


class TestCustomers:
    def test_are_of_every_role_and_form(self, shop: ReadShop) -> None:
        rows = list(shop.customers.values())
        assert {tuple(row["roles"]) for row in rows} == {
            (),
            ("Покупатель",),
            ("Поставщик",),
            ("Поставщик", "Покупатель"),
        }
        companies = [row for row in rows if row["kpp"]]
        entrepreneurs = [row for row in rows if row["name"].startswith("ИП ")]
        assert all(re.fullmatch(r"00\d\d01001", row["kpp"]) for row in companies)
        assert all(len(row["inn"]) == 10 for row in companies)
        assert all(len(row["inn"]) == 12 for row in entrepreneurs)
        assert 0 < len(companies) + len(entrepreneurs) < len(rows)

    def test_cannot_be_anybody(self, shop: ReadShop) -> None:
        for row in shop.customers.values():
            assert row["inn"][:2] in {"", "00"}
            assert re.fullmatch(r"(|\w+\.\d+@example\.(com|org|net))", row["email"], re.ASCII)
            assert re.match(r"$|(\+7|8) ?\(?000\)?", row["phone"])

    def test_share_no_email(self, shop: ReadShop) -> None:
        emails = [row["email"] for row in shop.customers.values() if row["email"]]
        assert len(emails) == len(set(emails)) > 300


class TestChance:
    def test_gives_what_it_gave_on_every_machine(self) -> None:
        dice = Dice(1, "x")
        assert guid(1, "product", 0) == "7f4172a7-e4b2-0c32-d1b8-77b33c1a2f4e"
        assert [dice.below(1000) for _ in range(4)] == [855, 82, 188, 89]

    @pytest.mark.parametrize("total", [1, 2, 7, 100, 1000, 4096])
    @pytest.mark.parametrize(("changed", "deleted"), [(0, 0), (0.01, 0), (0.5, 0.5), (0.1, 0.05)])
    def test_keeps_shares_exactly(self, total: int, changed: float, deleted: float) -> None:
        fates = Fates("x", total, changed, deleted)
        met = [fates.of(index) for index in range(total)]
        wanted = min(total, max(1, round(changed * total))) if changed else 0
        assert met.count(Fate.CHANGED) == wanted
        assert sum(fate.gone for fate in met) == fates.deleted <= total - wanted

    def test_takes_a_smaller_share_out_of_a_larger_one(self) -> None:
        small, large = Fates("x", 500, 0.02, 0), Fates("x", 500, 0.2, 0)
        chosen = [i for i in range(500) if small.of(i) is Fate.CHANGED]
        assert chosen
        assert all(large.of(i) is Fate.CHANGED for i in chosen)
