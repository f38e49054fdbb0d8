"""The real exports, counted against what an independent reader found in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.common.commerceml import (
    GroupRecord,
    OfferRecord,
    PriceTypeRecord,
    ProductRecord,
    PropertyRecord,
    WarehouseRecord,
    read,
    split_id,
    take_inventory,
)
from apps.common.commerceml.recount import count_by_reading
from apps.common.commerceml.scan import Scan
from apps.common.commerceml.values import parse_decimal

NAMES = [
    "2.03-small", "2.03-utf16", "2.05-empty-full-package", "2.05-single-file", "2.07-single-file",
    "2.09-split-flat", "3.1-flat-sniff", "3.1-rests-without-warehouse", "3.1-split-freesport",
    "broken-prolog",
]  # fmt: skip


#: The manifest counts entries that have neither id nor text as one more value; they say nothing.
EMPTY_VALUES = {"2.09-split-flat": 1}


class Counted:
    """Distinct ids and last values over all files of a directory, in reading order."""

    def __init__(self, directory: Path) -> None:
        self.ids: dict[str, dict[str, bool]] = {}
        self.parents: set[str] = set()
        self.products: set[str] = set()
        self.prices: dict[tuple[str, str], Decimal] = {}
        self.stock: dict[tuple[str, str | None], Decimal] = {}
        self.values: set[str] = set()
        for file in take_inventory(directory).readable:
            for record in read(file.path):
                self._take(record)

    def _take(self, record: Any) -> None:
        self.ids.setdefault(type(record).__name__, {})[record.onec_id] = record.deleted
        if isinstance(record, ProductRecord):
            self.products.add(split_id(record.onec_id)[0])
        if isinstance(record, PropertyRecord):
            self.values.update(value_id for value_id, _ in record.values)
        if isinstance(record, OfferRecord):
            self.parents.add(split_id(record.onec_id)[0])
            for price in record.prices:
                self.prices[record.onec_id, price.price_type_id] = parse_decimal(price.amount)
            for item in record.stocks:
                self.stock[record.onec_id, item.warehouse_id] = parse_decimal(item.quantity)

    def figures(self) -> dict[str, float]:
        goods = self.ids.get(ProductRecord.__name__, {})
        offers = self.ids.get(OfferRecord.__name__, {})
        return {
            "groups": len(self.ids.get(GroupRecord.__name__, {})),
            "products": len(goods),
            "products_deleted": sum(goods.values()),
            "offers": len(offers),
            "offers_deleted": sum(offers.values()),
            "offer_parents": len(self.parents),
            "orphan_offer_parents": len(self.parents - self.products),
            "price_types": len(self.ids.get(PriceTypeRecord.__name__, {})),
            "prices": len(self.prices),
            "price_sum": float(sum(self.prices.values())),
            "warehouses": len(self.ids.get(WarehouseRecord.__name__, {})),
            "stock_rows": len(self.stock),
            "stock_sum": float(sum(self.stock.values())),
            "properties": len(self.ids.get(PropertyRecord.__name__, {})),
            "property_values": len(self.values),
        }


@pytest.mark.parametrize("name", NAMES)
class TestSamples:
    def test_the_reader_finds_what_the_manifest_lists(self, samples: Path, name: str) -> None:
        manifest = json.loads((samples / "MANIFEST.json").read_text("utf-8"))[name]
        manifest["property_values"] -= EMPTY_VALUES.get(name, 0)
        figures = Counted(samples / name).figures()
        assert figures == {key: manifest[key] for key in figures}

    def test_the_inventory_names_files_versions_and_what_is_broken(
        self, samples: Path, name: str
    ) -> None:
        manifest = json.loads((samples / "MANIFEST.json").read_text("utf-8"))[name]
        inventory = take_inventory(samples / name)
        assert len(inventory.files) == manifest["files"]
        assert [file.name for file in inventory.problems] == manifest["broken"]
        assert sorted({file.version_text for file in inventory.readable}) == manifest["versions"]

    def test_the_byte_scan_counts_what_the_reader_reads(self, samples: Path, name: str) -> None:
        for file in take_inventory(samples / name).readable:
            slow = Scan(packages=[_Anything()])  # type: ignore[list-item]
            count_by_reading(file.path, slow)
            assert file.kinds == slow.packages[0].counts


class _Anything:
    """A package that takes every kind."""

    container = None

    def __init__(self) -> None:
        self.counts: dict[Any, int] = {}
