"""Prices and stock are compared offer by offer: with the same results as row by row."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.products.models import VariantPrice, VariantStock

from .conftest import catalogue, good, offer, package, prices, stock
from .test_hiding import full

BEFORE = ("t", "1"), ("u", "2.5")


@pytest.fixture(autouse=True)
def _known(export, run_import):
    export.write("goods/g.xml", catalogue(good("p1")))
    export.write("offers/o.xml", package(offer("p1#1"), offer("p1#2")))
    export.write("prices/p.xml", package(prices("p1#1", *BEFORE), prices("p1#2", *BEFORE)))
    export.write("rests/r.xml", package(stock("p1#1", ("w", "5"), ("v", "-0.5"))))
    run_import()


def _outcomes(counts: dict[str, int]) -> Counter[str]:
    told = ("created", "updated", "unchanged", "failed", "absent")
    return Counter({name: counts[name] for name in told if counts[name]})


STORIES = [
    ([prices("p1#1", *BEFORE)], {"unchanged": 2}),
    ([prices("p1#1", *reversed(BEFORE))], {"unchanged": 2}),
    ([prices("p1#1", ("t", "1,00"), ("u", "2.50 "))], {"unchanged": 2}),
    ([prices("p1#1", ("t", "1"), ("u", "2.51"))], {"unchanged": 1, "updated": 1}),
    ([prices("p1#1", ("t", "1"), ("x", "2.5"))], {"unchanged": 1, "created": 1}),
    ([prices("p1#1", ("t", "2.5"), ("u", "1"))], {"updated": 2}),
    ([prices("p1#1", ("t", "1"))], {"unchanged": 1}),
    ([prices("p1#1", ("t", "1"), ("t", "1"))], {"unchanged": 2}),
    ([prices("p1#1", ("t", "1"), ("t", "9"))], {"unchanged": 1, "updated": 1}),
    ([prices("p1#1", ("t", "?"), ("u", "2.5"))], {"unchanged": 1, "failed": 1}),
    ([prices("p1#1", ("t", "9")), prices("p1#1", ("t", "1"))], {"updated": 2}),
    ([prices("p1#1", ("t", "1")), prices("p1#1", ("t", "9"))], {"unchanged": 1, "updated": 1}),
    ([prices("p1#2", *BEFORE), prices("p1#1", ("t", "9"))], {"unchanged": 2, "updated": 1}),
]


class TestPrices:
    @pytest.mark.parametrize(("offers", "expected"), STORIES)
    @pytest.mark.parametrize("dry_run", [True, False])
    def test_each_is_counted_as_it_is(self, export, run_import, offers, expected, dry_run):
        export.write("prices/p.xml", package(*offers))
        counts = run_import(file_type="prices", dry_run=dry_run).counters["prices"]
        assert _outcomes(counts) == Counter(expected)

    def test_the_last_of_two_records_stays(self, export, run_import):
        export.write("prices/p.xml", package(prices("p1#1", ("t", "9")), prices("p1#1", *BEFORE)))
        run_import()
        there = VariantPrice.objects.filter(variant__onec_id="p1#1", price_type__onec_id="t")
        assert there.get().amount == 1

    def test_a_row_without_a_fingerprint_is_written_again(self, run_import):
        VariantPrice.objects.filter(variant__onec_id="p1#1").update(fingerprint=None)
        assert _outcomes(run_import().counters["prices"]) == Counter(updated=2, unchanged=2)

    def test_a_full_package_removes_what_an_offer_says_no_more(self, export, run_import):
        two = package(prices("p1#1", *BEFORE), prices("p1#2", ("u", "2.5")))
        export.write("prices/p.xml", full(two))
        counts = run_import().counters["prices"]
        assert _outcomes(counts) == Counter(unchanged=3, absent=1)
        assert VariantPrice.objects.count() == 3

    def test_rows_of_an_unchanged_offer_are_not_fetched(self, run_import):
        with CaptureQueriesContext(connection) as queries:
            run_import()
        reading = [q["sql"] for q in queries if f"FROM {VariantPrice._meta.db_table}" in q["sql"]]
        assert len(reading) == 1


class TestStock:
    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([("w", "5"), ("v", "-0.5")], {"unchanged": 2}),
            ([("w", "5"), ("v", "0.5")], {"unchanged": 1, "updated": 1}),
            ([("v", "-0,500")], {"unchanged": 1}),
            ([("w", "5"), ("", "1")], {"unchanged": 1, "created": 1}),
        ],
    )
    def test_each_is_counted_as_it_is(self, export, run_import, rows, expected):
        export.write("rests/r.xml", package(stock("p1#1", *rows)))
        assert _outcomes(run_import().counters["stocks"]) == Counter(expected)

    def test_a_full_package_zeroes_what_an_offer_says_no_more(self, export, run_import):
        export.write("rests/r.xml", full(package(stock("p1#1", ("w", "5")))))
        assert _outcomes(run_import().counters["stocks"]) == Counter(unchanged=1, absent=1)
        assert sorted(VariantStock.objects.values_list("quantity", flat=True)) == [0, 5]
