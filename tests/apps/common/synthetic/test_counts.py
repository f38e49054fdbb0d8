"""What the summary says against what an independent reader counts, and the promised shape."""

import json
from decimal import Decimal

import pytest

from apps.common.synthetic import ExportSummary
from apps.common.synthetic.target import MARKER
from tests.apps.common.synthetic.conftest import Write
from tests.apps.common.synthetic.reader import ReadShop


def counted(shop: ReadShop) -> dict[str, int]:
    choices = [row["choices"] for row in shop.properties.values()]
    brands = shop.properties.get("Бренд", {}).get("choices", {})
    assert isinstance(brands, dict)
    return {
        "groups": len(shop.groups),
        "properties": len(shop.properties),
        "property_values": sum(len(one) for one in choices if isinstance(one, dict)),
        "brands": len({name.casefold() for name in brands.values()}),
        "price_types": len(shop.price_types),
        "warehouses": len(shop.warehouses),
        "units": len(shop.units),
        "products": len(shop.products),
        "products_deleted": len(shop.deleted("products")),
        "stand_ins": len({offer for offer, _ in shop.prices} - set(shop.offers)),
        "offers": len(shop.offers),
        "offers_deleted": len(shop.deleted("offers")),
        "prices": len(shop.prices),
        "price_total": int(sum(shop.prices.values(), Decimal()) * 100),
        "stocks": len(shop.stocks),
        "stock_total": int(sum(shop.stocks.values(), Decimal()) * 1000),
        "customers": len(shop.customers),
        "customers_deleted": len(shop.deleted("customers")),
        "buyers": sum(
            "Покупатель" in (row["roles"] or ["Покупатель"]) for row in shop.customers.values()
        ),
    }


def promised(summary: ExportSummary) -> dict[str, int]:
    return {name: getattr(summary, name) for name in counted(ReadShop())}


class TestSummary:
    @pytest.mark.parametrize("layout", ["split", "flat", "single"])
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"delete_share": 0.1},
            {"change_share": 0.2, "delete_share": 0.1},
            {"change_share": 0.2, "delete_share": 0.1, "full": True},
        ],
    )
    def test_agrees_with_the_files(
        self, write: Write, layout: str, options: dict[str, float]
    ) -> None:
        _, summary, shop = write(layout=layout, **options)
        assert promised(summary) == counted(shop)

    def test_counts_files_and_bytes_and_images(self, write: Write) -> None:
        output, summary, _ = write(images=True)
        files = [path for path in output.rglob("*.*") if path.is_file() and path.name != MARKER]
        assert summary.files == len(files)
        assert summary.bytes == sum(path.stat().st_size for path in files)
        assert summary.images == sum(path.suffix in {".jpg", ".png"} for path in files)

    def test_stands_in_the_marker_with_the_options(self, write: Write) -> None:
        output, summary, _ = write()
        marker = json.loads((output / MARKER).read_text("utf-8"))
        assert marker["summary"]["prices"] == summary.prices
        assert marker["options"]["products"] == 70


class TestShapeOfTheWork:
    """A thousand products are a tenth of the benchmark's "10k"."""

    @pytest.fixture
    def thousand(self, write: Write) -> tuple[ExportSummary, ReadShop]:
        _, summary, shop = write(products=1000, customers=0)
        return summary, shop

    def test_comes_to_27_thousand_rows(self, thousand: tuple[ExportSummary, ReadShop]) -> None:
        summary, _ = thousand
        rows = summary.products * 9 + summary.offers + summary.prices + summary.stocks
        assert 26_500 <= rows <= 27_500

    def test_comes_to_16_megabytes(self, thousand: tuple[ExportSummary, ReadShop]) -> None:
        assert 15_000_000 <= thousand[0].bytes <= 17_500_000

    def test_leaves_three_percent_without_offers(
        self, thousand: tuple[ExportSummary, ReadShop]
    ) -> None:
        assert thousand[0].stand_ins == 30

    def test_fills_8_of_12_property_values(self, thousand: tuple[ExportSummary, ReadShop]) -> None:
        empty = {"", "00000000-0000-0000-0000-000000000000", "-999\u00a0999\u00a0999,9"}
        met = set()
        for row in thousand[1].products.values():
            values = list(row["values"].values())
            assert len(values) == 12
            assert sum(value not in empty for value in values) == 8
            met |= empty.intersection(values)
        assert met == empty

    def test_fills_4_of_8_characteristics(self, thousand: tuple[ExportSummary, ReadShop]) -> None:
        for row in thousand[1].offers.values():
            values = list(row["characteristics"].values())
            assert len(values) == 8
            assert sum(map(bool, values)) == 4

    def test_gives_each_offer_six_prices_and_two_stock_rows(
        self, thousand: tuple[ExportSummary, ReadShop]
    ) -> None:
        summary, shop = thousand
        sold = summary.offers + summary.stand_ins
        assert (summary.price_types, summary.warehouses) == (6, 2)
        assert (len(shop.prices), len(shop.stocks)) == (6 * sold, 2 * sold)

    @pytest.mark.parametrize(("products", "groups"), [(1, 8), (500, 50), (2600, 200)])
    def test_has_groups_in_three_levels_for_any_size(
        self, write: Write, products: int, groups: int
    ) -> None:
        _, _, shop = write(products=products, customers=0)
        assert len(shop.groups) == groups
        assert {depth(shop, id_) for id_ in shop.groups} == {1, 2, 3}
        assert {row["group"] for row in shop.products.values()} <= set(shop.groups)

    def test_has_300_dictionary_values_and_a_brand_for_every_product(self, write: Write) -> None:
        _, summary, shop = write()
        brands = shop.properties["Бренд"]["choices"]
        assert summary.property_values == 300
        assert {row["values"]["Бренд"] for row in shop.products.values()} <= set(brands)


def depth(shop: ReadShop, id_: str) -> int:
    parent = shop.groups[id_][1]
    return 1 + depth(shop, parent) if parent else 1
