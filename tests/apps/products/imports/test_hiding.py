"""Full packages, deltas, and the brake on mass hiding."""

import pytest

from apps.products.models import (
    Category,
    Product,
    ProductVariant,
    VariantPrice,
    VariantStock,
    Warehouse,
)

from .conftest import catalogue, good, offer, package, prices, stock
from .test_catalogue_rules import GROUPS, STORAGES


def full(body: str) -> str:
    """Make a delta say that it holds everything."""
    return body.replace('СодержитТолькоИзменения="true"', 'СодержитТолькоИзменения="false"')


def goods(*numbers: int) -> str:
    return catalogue(*(good(f"p{number}") for number in numbers))


def visible() -> set[str]:
    return set(Product.objects.filter(is_active=True).values_list("onec_id", flat=True))


class TestDelta:
    def test_it_never_hides_what_it_does_not_mention(self, export, run_import):
        export.write("goods/g.xml", goods(1, 2, 3))
        run_import()
        export.write("goods/g.xml", goods(1))
        run_import()
        assert visible() == {"p1", "p2", "p3"}

    def test_a_file_that_does_not_say_is_a_delta(self, export, run_import):
        export.write("goods/g.xml", goods(1, 2))
        run_import()
        export.write("goods/g.xml", goods(1).replace(' СодержитТолькоИзменения="true"', ""))
        run_import()
        assert visible() == {"p1", "p2"}


class TestFullPackage:
    @pytest.fixture(autouse=True)
    def shop(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(10))))
        run_import()

    def test_what_is_absent_is_hidden_and_counted_apart(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(1, 10))))
        outcome = run_import()
        counts = outcome.counters["products"]
        assert visible() == {f"p{number}" for number in range(1, 10)}
        assert (counts["absent"], counts["hidden"], counts["read"]) == (1, 0, 9)
        assert outcome.session.changed_count == outcome.counters["total"]["absent"] > 0

    def test_segments_of_one_package_count_as_one(self, export, run_import):
        export.write("goods/g_1_1.xml", full(goods(*range(5))))
        export.write("goods/g.xml", full(goods(*range(5, 10))))
        assert run_import().counters["products"]["absent"] == 0
        assert len(visible()) == 10

    def test_what_comes_back_is_shown_again(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(1, 10))))
        run_import()
        export.write("goods/g.xml", full(goods(*range(10))))
        counts = run_import().counters["products"]
        assert counts["updated"] == 1
        assert len(visible()) == 10

    def test_what_staff_hid_stays_hidden(self, export, run_import):
        Product.objects.filter(onec_id="p0").update(hidden_by_staff=True, is_active=False)
        export.write("goods/g.xml", full(goods(*range(1, 10))))
        run_import()
        export.write("goods/g.xml", full(goods(*range(10))))
        run_import()
        assert "p0" not in visible()

    def test_a_bad_record_is_not_absent(self, export, run_import):
        bad = good("p0", "")
        export.write("goods/g.xml", full(catalogue(bad, *(good(f"p{n}") for n in range(1, 10)))))
        counts = run_import().counters["products"]
        assert (counts["failed"], counts["absent"]) == (1, 0)
        assert "p0" in visible()

    def test_where_every_record_failed_nothing_is_hidden(self, export, run_import):
        export.write("goods/g.xml", full(catalogue(good("x", ""), good("y", ""))))
        assert run_import(allow_mass_hide=True).code == 1
        assert len(visible()) == 10

    def test_with_a_damaged_file_nothing_is_hidden(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(1, 10))))
        export.write_raw("goods/h.xml", "undefined")
        run_import()
        assert len(visible()) == 10

    def test_a_file_damaged_behind_its_records_hides_nothing(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(1, 10))).replace("</Каталог>", "<a></b>"))
        assert run_import().code == 3
        assert len(visible()) == 10

    def test_an_empty_one_hides_nothing_and_says_so(self, export, run_import):
        export.write("goods/g.xml", full(goods()))
        outcome = run_import()
        assert (outcome.code, outcome.codes()) == (0, ["empty_full_package"])
        assert len(visible()) == 10

    def test_a_dry_run_counts_the_same_and_hides_nothing(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(1, 10))))
        dry = run_import(dry_run=True)
        assert len(visible()) == 10
        assert run_import().counters == dry.counters

    def test_the_same_again_changes_nothing(self, run_import, catalogue_writes):
        before = catalogue_writes()
        total = run_import().counters["total"]
        assert total["unchanged"] == total["read"]
        assert catalogue_writes() == before


class TestFullTrade:
    @pytest.fixture(autouse=True)
    def shop(self, export, run_import):
        export.write("goods/g.xml", goods(1))
        export.write("offers/o.xml", package(*(offer(f"p1#{n}") for n in range(10))))
        export.write("prices/p.xml", full(package(prices("p1#1", ("t", "1"), ("u", "2")))))
        export.write("rests/r.xml", full(package(stock("p1#1", ("w", "5"), ("v", "0")))))
        run_import()

    def test_absent_prices_are_removed(self, export, run_import):
        export.write("prices/p.xml", full(package(prices("p1#1", ("t", "1")))))
        outcome = run_import()
        assert outcome.counters["prices"]["absent"] == 1
        assert VariantPrice.objects.get().price_type.onec_id == "t"

    def test_absent_stock_is_zero_and_stays_so_when_1c_says_zero(self, export, run_import):
        export.write("rests/r.xml", full(package(stock("p1#1", ("v", "0")))))
        outcome = run_import()
        assert outcome.counters["stocks"]["absent"] == 1
        assert set(VariantStock.objects.values_list("quantity", flat=True)) == {0}
        export.write("rests/r.xml", full(package(stock("p1#1", ("v", "0"), ("w", "0")))))
        assert run_import().counters["stocks"]["unchanged"] == 2

    def test_a_price_that_can_not_be_read_is_not_absent(self, export, run_import):
        export.write("prices/p.xml", full(package(prices("p1#1", ("t", "1"), ("u", "много")))))
        outcome = run_import()
        assert outcome.codes() == ["bad_number"]
        assert VariantPrice.objects.count() == 2

    def test_a_full_package_of_prices_hides_no_variant(self, export, run_import):
        assert ProductVariant.objects.filter(is_active=True).count() == 10

    def test_absent_offers_are_hidden(self, export, run_import):
        export.write("offers/o.xml", full(package(*(offer(f"p1#{n}") for n in range(9)))))
        assert run_import().counters["variants"]["absent"] == 1
        assert not ProductVariant.objects.get(onec_id="p1#9").is_active

    def test_the_default_warehouse_never_leaves(self, export, run_import):
        Warehouse.objects.create(name="Default", is_default=True)
        export.write("storages/s.xml", full(STORAGES))
        run_import()
        assert Warehouse.objects.get(is_default=True).is_active
        assert not Warehouse.objects.get(onec_id="w").is_active


class TestBrake:
    @pytest.fixture(autouse=True)
    def shop(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(10))))
        run_import()

    def test_more_than_the_share_stops_before_the_first_row(self, export, run_import):
        export.write("goods/g.xml", full(catalogue(good("p0", "Новое имя"), good("new"))))
        outcome = run_import()
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")
        assert "9 of 11" in outcome.session.error_message
        assert len(visible()) == 11
        assert Product.objects.get(onec_id="p0").name == "Новое имя"

    def test_a_dry_run_says_what_a_real_one_would_do(self, export, run_import):
        export.write("goods/g.xml", full(goods(1)))
        error = run_import(dry_run=True).session.error_message
        assert "9 of 10" in error
        assert "A real run would import what is new or changed" in error
        assert "is imported" not in error

    def test_exactly_the_share_passes(self, export, run_import):
        export.write("goods/g.xml", full(goods(*range(2, 10))))
        assert run_import().code == 0
        assert len(visible()) == 8

    def test_it_can_be_lifted_for_a_run(self, export, run_import):
        export.write("goods/g.xml", full(goods(1)))
        assert run_import(allow_mass_hide=True).code == 0
        assert visible() == {"p1"}

    def test_deletion_marks_count_too_and_are_told_as_skipped(self, export, run_import):
        marked = [good(f"p{number}", deleted=True) for number in range(3)]
        export.write("goods/g.xml", catalogue(*marked))
        outcome = run_import()
        assert outcome.code == 1
        counts = outcome.counters["products"]
        assert (counts["hidden"], counts["skipped"], counts["read"]) == (0, 3, 3)
        assert len(visible()) == 10

    def test_the_share_is_a_setting(self, export, run_import, settings):
        settings.ONEC_MAX_HIDE_SHARE = 0.9
        export.write("goods/g.xml", full(goods(1)))
        assert run_import().code == 0

    def test_a_dry_run_stops_as_well(self, export, run_import):
        export.write("goods/g.xml", full(goods(1)))
        assert run_import(dry_run=True).code == 1


class TestGroups:
    def test_a_group_that_a_full_classifier_leaves_out_is_hidden(self, export, run_import):
        export.write("groups/g.xml", full(GROUPS))
        run_import()
        short = "<Группы><Группа><Ид>g1</Ид><Наименование>Фитнес</Наименование></Группа></Группы>"
        head, tail = GROUPS[: GROUPS.index("<Группы>")], GROUPS[GROUPS.rindex("</Группы>") + 9 :]
        export.write("groups/g.xml", full(head + short + tail))
        assert run_import().counters["groups"]["absent"] == 1
        assert not Category.objects.get(onec_id="g2").is_active
