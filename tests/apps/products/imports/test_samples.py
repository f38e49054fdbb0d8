"""Real exports, imported into an empty database, against what an independent reader counts."""

import json
import shutil

import pytest
from django.db.models import Sum

from apps.products.models import (
    Category,
    PriceType,
    Product,
    ProductVariant,
    Property,
    PropertyValue,
    VariantPrice,
    VariantStock,
    Warehouse,
)

FREESPORT = "3.1-split-freesport"


@pytest.fixture
def manifest(samples):
    return json.loads((samples / "MANIFEST.json").read_text())


def live_figures() -> dict[str, float]:
    prices = VariantPrice.objects.aggregate(total=Sum("amount"))["total"] or 0
    stock = VariantStock.objects.aggregate(total=Sum("quantity"))["total"] or 0
    return {
        "live_products": Product.objects.filter(is_active=True).count(),
        "live_variants": ProductVariant.objects.filter(is_active=True).count(),
        "live_prices": VariantPrice.objects.count(),
        "live_price_sum": float(prices),
        "live_stock_rows": VariantStock.objects.count(),
        "live_stock_sum": float(stock),
        "groups": Category.objects.count(),
        "price_types": PriceType.objects.count(),
        "warehouses": Warehouse.objects.exclude(onec_id=None).count(),
        "properties": Property.objects.count(),
        "property_values": PropertyValue.objects.values("onec_id").distinct().count(),
    }


# Entries without id and value: the manifest counts them as one value, the shop needs none.
EMPTY_DICTIONARY_ENTRIES = {"2.09-split-flat": 1}

EXPORTS = [
    *("2.03-small", "2.03-utf16", "2.05-empty-full-package", "2.05-single-file"),
    *("2.07-single-file", "2.09-split-flat", "3.1-flat-sniff", "3.1-rests-without-warehouse"),
    FREESPORT,
]


class TestEveryExport:
    @pytest.mark.parametrize("name", EXPORTS)
    def test_the_live_figures_are_those_of_the_manifest(self, samples, manifest, run_import, name):
        outcome = run_import(samples / name)
        assert (outcome.code, outcome.summary["status"]) == (0, "completed"), outcome.error
        figures = live_figures()
        figures["property_values"] += EMPTY_DICTIONARY_ENTRIES.get(name, 0)
        assert figures == {key: manifest[name][key] for key in figures}

    @pytest.mark.parametrize("name", EXPORTS)
    def test_a_dry_run_counts_the_same_and_a_second_run_changes_nothing(
        self, samples, run_import, catalogue_writes, name
    ):
        before = catalogue_writes()
        dry = run_import(samples / name, dry_run=True)
        assert catalogue_writes() == before
        assert run_import(samples / name).counters == dry.counters
        before = catalogue_writes()
        total = run_import(samples / name).counters["total"]
        assert total["unchanged"] + total["skipped"] == total["read"]
        assert catalogue_writes() == before

    def test_an_empty_full_package_hides_nothing_and_says_so(self, samples, run_import):
        run_import(samples / FREESPORT)
        outcome = run_import(samples / "2.05-empty-full-package")
        assert (outcome.code, outcome.codes()) == (0, ["empty_full_package"])
        assert live_figures()["live_products"] == 3


class TestFreesport:
    def test_every_skipped_row_is_explained_by_an_issue_with_file_and_line(
        self, samples, run_import
    ):
        outcome = run_import(samples / FREESPORT)
        issues = outcome.session.issues.all()
        assert {issue.code for issue in issues} == {
            *("unknown_product", "unknown_offer", "unit_without_code", "image_missing")
        }
        assert all(issue.file and issue.line for issue in issues)
        assert outcome.counters["total"]["skipped"] > 0

    @pytest.mark.parametrize("chunk_size", [1, 7, 10_000])
    def test_the_chunk_size_changes_nothing(self, samples, manifest, run_import, chunk_size):
        run_import(samples / FREESPORT, chunk_size=chunk_size)
        assert live_figures() == {key: manifest[FREESPORT][key] for key in live_figures()}

    def test_a_file_cut_in_the_middle_fails_that_file_alone(self, samples, run_import, tmp_path):
        copy = tmp_path / "copy"
        shutil.copytree(samples / FREESPORT, copy)
        (copy / "offers").chmod(0o755)
        offers = copy / "offers" / "offers.xml"
        offers.chmod(0o644)
        content = offers.read_bytes()
        offers.write_bytes(content[: len(content) // 2])
        outcome = run_import(copy)
        assert (outcome.code, outcome.summary["status"]) == (3, "completed")
        assert outcome.session.issues.filter(file="offers/offers.xml", code="truncated").exists()
        assert "variants" not in outcome.counters


class TestBrokenProlog:
    def test_it_is_a_failed_session_that_names_the_file(self, samples, run_import):
        outcome = run_import(samples / "broken-prolog")
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")
        assert outcome.session.issues.get().file == "import.xml"
        assert not any(live_figures().values())
