"""One shop, however it is written, cut up and repeated: the same catalogue.

The exports are generated; Hypothesis chooses how. A shop differs by its seed, a form of it by
layout, schema version, encoding, chunk size and the runs it is split into.
"""

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.common.commerceml import Kind, take_inventory
from apps.common.synthetic import ExportOptions, write_export
from apps.products.models import (
    Category,
    PriceType,
    Product,
    ProductVariant,
    Property,
    VariantPrice,
    VariantStock,
    Warehouse,
)

PRODUCTS = 25
FORMS = {
    "split": ("3.1",),
    "flat": ("2.09", "3.1"),
    "single": ("2.04", "2.05", "2.07", "2.08", "2.10"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "windows-1251")
SLOW = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # shrinking an import takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Form:
    """How a shop is written and read."""

    layout: str
    version: str
    encoding: str
    chunk_size: int


forms = st.sampled_from(
    [(layout, version) for layout, versions in FORMS.items() for version in versions]
).flatmap(
    lambda pair: st.builds(
        Form,
        layout=st.just(pair[0]),
        version=st.just(pair[1]),
        encoding=st.sampled_from(ENCODINGS),
        chunk_size=st.sampled_from([1, 7, 10_000]),
    )
)


def wipe() -> None:
    """Empty the catalogue."""
    with connection.cursor() as cursor:
        for model in (Product, Category, PriceType, Property, Warehouse):
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


def visible_catalogue() -> dict[str, Any]:
    """Everything a customer could see, by 1C ids."""
    variants = ProductVariant.objects.filter(is_active=True, product__is_active=True)
    shown = {"variant__is_active": True, "variant__product__is_active": True}
    return {
        "groups": set(
            Category.objects.filter(is_active=True).values_list(
                "onec_id", "name", "parent__onec_id"
            )
        ),
        "price_types": set(
            PriceType.objects.filter(is_active=True).values_list("onec_id", "name", "customer_role")
        ),
        "warehouses": set(Warehouse.objects.filter(is_active=True).values_list("onec_id", "name")),
        "properties": set(
            Property.objects.values_list("onec_id", "name", "values__onec_id", "values__value")
        ),
        "products": set(
            Product.objects.filter(is_active=True).values_list(
                *("onec_id", "name", "article", "barcode", "description"),
                *("category__onec_id", "unit__onec_id", "tax_rate", "country"),
            )
        ),
        "variants": {
            (v.onec_id, v.name, v.article, v.barcode, str(sorted(v.characteristics.items())))
            for v in variants
        },
        "prices": set(
            VariantPrice.objects.filter(**shown).values_list(
                "variant__onec_id", "price_type__onec_id", "amount", "currency"
            )
        ),
        "stock": set(
            VariantStock.objects.filter(**shown, quantity__gt=0).values_list(
                "variant__onec_id", "warehouse__onec_id", "quantity"
            )
        ),
    }


@pytest.fixture
def shop(tmp_path, run_import):
    """Write exports and import them; each call works on an empty catalogue."""
    return ShopRuns(tmp_path, run_import)


class ShopRuns:
    def __init__(self, root: Path, run_import) -> None:
        self._root, self._run = root, run_import
        self._numbers = itertools.count()

    def write(self, **options: Any) -> Path:
        directory = self._root / f"export-{next(self._numbers)}"
        write_export(directory, ExportOptions(products=PRODUCTS, customers=0, **options))
        return directory

    def bring(self, directory: Path, **options: Any) -> None:
        outcome = self._run(directory, allow_mass_hide=True, **options)
        assert outcome.code == 0, outcome.error
        for counts in outcome.counters.values():
            ends = ("created", "updated", "unchanged", "hidden", "skipped", "failed")
            assert counts["read"] == sum(counts[end] for end in ends)

    def catalogue(self, *directories: Path, **options: Any) -> dict[str, Any]:
        wipe()
        for directory in directories:
            self.bring(directory, **options)
        return visible_catalogue()

    def segments(self, directory: Path) -> list[Path]:
        """Give each file a directory of its own, in the order of import."""
        files = take_inventory(directory).readable
        order = list(Kind)
        ranked = sorted(
            files, key=lambda file: min((order.index(k) for k in file.kinds), default=0)
        )
        parts = []
        for file in ranked:
            part = self._root / f"segment-{next(self._numbers)}"
            part.mkdir()
            shutil.copy(file.path, part)
            parts.append(part)
        return parts


class TestForms:
    @SLOW
    @given(seed=st.integers(1, 10_000), form=forms)
    def test_any_form_gives_the_catalogue_of_the_split_one(self, shop, seed, form):
        expected = shop.catalogue(shop.write(seed=seed))
        written = shop.write(
            seed=seed,
            layout=form.layout,
            schema_version=form.version,
            encoding=form.encoding,
        )
        assert shop.catalogue(written, chunk_size=form.chunk_size) == expected
        assert len(expected["products"]) > PRODUCTS * 0.8


class TestRuns:
    @SLOW
    @given(seed=st.integers(1, 10_000))
    def test_segment_by_segment_and_twice_give_the_same(self, shop, seed):
        directory = shop.write(seed=seed)
        expected = shop.catalogue(directory)
        assert shop.catalogue(directory, directory) == expected
        assert shop.catalogue(*shop.segments(directory), skip_images=True) == expected

    @SLOW
    @given(seed=st.integers(1, 10_000))
    def test_a_delta_upon_the_first_version_gives_the_second(self, shop, seed):
        first = shop.write(seed=seed)
        delta = shop.write(seed=seed, change_share=0.3)
        second = shop.write(seed=seed, change_share=0.3, full=True)
        assert shop.catalogue(first, delta) == shop.catalogue(second)

    @SLOW
    @given(seed=st.integers(1, 10_000), layout=st.sampled_from(sorted(FORMS)))
    def test_there_and_back_again_is_where_it_began(self, shop, seed, layout):
        first = shop.write(seed=seed, full=True, layout=layout)
        second = shop.write(seed=seed, full=True, layout=layout, change_share=0.3, delete_share=0.2)
        expected = shop.catalogue(first)
        between = shop.catalogue(first, second)
        assert between != expected
        assert shop.catalogue(first, second, first) == expected
        assert shop.catalogue(second) == between


class TestDryRuns:
    @SLOW
    @given(seed=st.integers(1, 10_000), full=st.booleans(), form=forms)
    def test_they_count_what_the_real_run_counts(self, shop, run_import, seed, full, form):
        wipe()
        shop.bring(shop.write(seed=seed, layout=form.layout, schema_version=form.version))
        changed = shop.write(
            seed=seed,
            full=full,
            layout=form.layout,
            schema_version=form.version,
            change_share=0.3,
            delete_share=0.1,
        )
        options = {"chunk_size": form.chunk_size, "allow_mass_hide": True}
        dry = run_import(changed, dry_run=True, **options)
        assert run_import(changed, **options).counters == dry.counters
