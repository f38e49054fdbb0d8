"""What a dry run lists: rows to create, change, hide and remove."""

from apps.products.models import ImportChange

from .conftest import catalogue, good, offer, package, prices, stock
from .test_catalogue_rules import PRICE_TYPES, STORAGES
from .test_hiding import full


def listed(outcome) -> list[tuple[str, str, str]]:
    return list(outcome.session.changes.values_list("entity", "action", "onec_id"))


class TestList:
    def test_new_rows_are_listed_with_their_names(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", "Мяч")))
        outcome = run_import(dry_run=True)
        change = outcome.session.changes.get()
        assert (change.entity, change.action, change.onec_id, change.name) == (
            *("products", "create", "p"),
            "Мяч",
        )

    def test_changes_say_from_what_to_what(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", "Мяч", "<Артикул>A</Артикул>")))
        run_import()
        export.write("goods/g.xml", catalogue(good("p", "Мяч 2", "<Артикул>A</Артикул>")))
        change = run_import(dry_run=True).session.changes.get()
        assert change.action == "update"
        assert change.fields == {"name": ["Мяч", "Мяч 2"]}

    def test_a_hidden_record_that_comes_back_is_told_to_be_shown_again(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", "Мяч")))
        run_import()
        export.write("goods/g.xml", catalogue(good("p", "Мяч", deleted=True)))
        run_import(allow_mass_hide=True)
        export.write("goods/g.xml", catalogue(good("p", "Мяч")))
        change = run_import(dry_run=True).session.changes.get()
        assert change.fields == {"is_active": ["False", "True"]}

    def test_prices_are_listed_by_the_offers_id(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        export.write("priceLists/p.xml", PRICE_TYPES)
        export.write("prices/p.xml", package(prices("p", ("t1", "10"))))
        run_import()
        export.write("prices/p.xml", package(prices("p", ("t1", "12.50"))))
        change = run_import(dry_run=True).session.changes.get()
        assert (change.entity, change.onec_id) == ("prices", "p")
        assert change.fields == {"amount": ["10", "12.5"]}

    def test_what_a_full_package_takes_away_is_listed(self, export, run_import):
        export.write("goods/g.xml", full(catalogue(*(good(f"p{n}") for n in range(9)))))
        export.write("storages/s.xml", STORAGES)
        export.write("prices/p.xml", full(package(prices("p0", ("t", "1"), ("u", "2")))))
        export.write("rests/r.xml", full(package(stock("p0", ("w1", "3")), stock("p1"))))
        run_import()
        export.write("goods/g.xml", full(catalogue(*(good(f"p{n}") for n in range(8)))))
        export.write("prices/p.xml", full(package(prices("p0", ("t", "1")))))
        export.write("rests/r.xml", full(package(stock("p1", ("w1", "0")))))
        outcome = run_import(dry_run=True)
        assert set(listed(outcome)) == {
            ("products", "hide", "p8"),
            ("prices", "remove", "p0"),
            ("stocks", "update", "p0"),
            ("stocks", "create", "p1"),
        }

    def test_what_the_brake_stops_is_listed_for_who_may_lift_it(self, export, run_import):
        export.write("goods/g.xml", full(catalogue(*(good(f"p{n}") for n in range(4)))))
        run_import()
        export.write("goods/g.xml", full(catalogue(good("p0"))))
        outcome = run_import(dry_run=True)
        assert outcome.code == 1
        assert {onec_id for _e, _a, onec_id in listed(outcome)} == {"p1", "p2", "p3"}

    def test_as_many_are_listed_as_are_counted(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p"), good("q"), good("p", "Иначе")))
        export.write("offers/o.xml", package(offer("p#1"), offer("p#2")))
        outcome = run_import(dry_run=True)
        assert outcome.counters["variants"]["created"] == 2
        assert outcome.session.changes.filter(entity="variants", action="create").count() == 2
        assert outcome.session.changes.filter(entity="products").count() == 2

    def test_the_list_ends_somewhere(self, export, run_import, monkeypatch):
        monkeypatch.setattr(ImportChange, "LISTED", 3)
        export.write("goods/g.xml", catalogue(*(good(f"p{n}") for n in range(10))))
        outcome = run_import(dry_run=True, chunk_size=2)
        assert outcome.session.changes.count() == 3
        assert outcome.counters["products"]["created"] == 10

    def test_a_real_run_lists_nothing(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        assert not run_import().session.changes.exists()
