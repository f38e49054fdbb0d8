"""Property values of products and variants, through the real command."""

import pytest

from apps.products.models import Product, ProductProperty, VariantProperty

from .conftest import catalogue, classifier, good, offer, package


def dictionary(onec_id: str, name: str, **values: str) -> str:
    entries = "".join(
        f"<Справочник><ИдЗначения>{key}</ИдЗначения><Значение>{text}</Значение></Справочник>"
        for key, text in values.items()
    )
    return (
        f"<Свойство><Ид>{onec_id}</Ид><Наименование>{name}</Наименование>"
        f"<ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>{entries}</ВариантыЗначений>"
        "</Свойство>"
    )


def properties(*inner: str) -> str:
    return classifier(f"<Свойства>{''.join(inner)}</Свойства>")


def values(*pairs: tuple[str, str]) -> str:
    inner = "".join(
        f"<ЗначенияСвойства><Ид>{key}</Ид><Значение>{value}</Значение></ЗначенияСвойства>"
        for key, value in pairs
    )
    return f"<ЗначенияСвойств>{inner}</ЗначенияСвойств>"


COLOUR = dictionary("c", "Цвет", red="Красный", blue="Синий")
WEIGHT = "<Свойство><Ид>w</Ид><Наименование>Вес</Наименование></Свойство>"


def said(model=ProductProperty) -> list[tuple[str, str]]:
    rows = model.objects.select_related("property", "value")
    return sorted((row.property.name, str(row.value or row.text)) for row in rows)


@pytest.fixture
def shop(export):
    export.write("propertiesGoods/p.xml", properties(COLOUR, WEIGHT))
    return export


class TestLinksOfProducts:
    def test_a_value_is_a_dictionary_entry_or_a_text(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red"), ("w", "21,6")))))
        assert run_import().code == 0
        assert said() == [("Вес", "21,6"), ("Цвет", "Красный")]
        coded = ProductProperty.objects.get(property__onec_id="c")
        assert (coded.value.onec_id, coded.text) == ("red", "")
        assert ProductProperty.objects.get(property__onec_id="w").value is None

    def test_an_id_that_no_dictionary_has_is_kept_as_text(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "green")))))
        assert (run_import().codes(), said()) == ([], [("Цвет", "green")])

    def test_a_number_that_nobody_entered_is_no_value(self, shop, run_import):
        inner = values(("w", "-999\u00a0999\u00a0999,9"), ("c", "-5"))
        shop.write("goods/g.xml", catalogue(good("p", inner=inner)))
        run_import()
        assert said() == [("Цвет", "-5")]

    def test_a_property_may_have_several_values_and_repeat_one(self, shop, run_import):
        inner = values(("c", "red"), ("c", "blue"), ("c", "red"))
        shop.write("goods/g.xml", catalogue(good("p", inner=inner)))
        run_import()
        assert said() == [("Цвет", "Красный"), ("Цвет", "Синий")]

    def test_an_unknown_property_is_left_out_with_one_warning(self, shop, run_import):
        inner = values(("x", "1"), ("w", "2"))
        shop.write("goods/g.xml", catalogue(good("p", inner=inner), good("q", inner=inner)))
        outcome = run_import()
        assert outcome.code == 0
        assert [(i.code, i.onec_id) for i in outcome.session.issues.all()] == [
            ("unknown_property", "x")
        ]
        assert "first met at p" in outcome.session.issues.get().sentence
        assert said() == [("Вес", "2"), ("Вес", "2")]
        assert outcome.counters["products"]["created"] == 2

    def test_a_property_that_comes_later_is_linked_then(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red")))))
        run_import()
        export.write("propertiesGoods/p.xml", properties(COLOUR))
        assert run_import().counters["products"]["updated"] == 1
        assert said() == [("Цвет", "Красный")]

    def test_a_changed_value_updates_the_product_and_keeps_the_other_rows(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red"), ("w", "2")))))
        run_import()
        kept = ProductProperty.objects.get(property__onec_id="w").pk
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "blue"), ("w", "2")))))
        assert run_import().counters["products"]["updated"] == 1
        assert said() == [("Вес", "2"), ("Цвет", "Синий")]
        assert ProductProperty.objects.get(property__onec_id="w").pk == kept

    def test_a_value_that_is_gone_loses_its_row(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red")))))
        run_import()
        shop.write("goods/g.xml", catalogue(good("p")))
        run_import()
        assert said() == []

    def test_of_two_records_in_one_file_the_later_one_wins(self, shop, run_import):
        first = good("p", inner=values(("c", "red")))
        shop.write("goods/g.xml", catalogue(first, good("p", inner=values(("w", "2")))))
        run_import()
        assert said() == [("Вес", "2")]

    def test_unchanged_links_are_not_written(self, shop, run_import, catalogue_writes):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red"), ("x", "1")))))
        run_import()
        before = catalogue_writes()
        assert before["products_productproperty"][0] > 0
        run_import()
        assert catalogue_writes() == before

    def test_a_dry_run_counts_the_same_and_writes_none(self, shop, run_import, catalogue_writes):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red")))))
        before = catalogue_writes()
        dry = run_import(dry_run=True)
        assert catalogue_writes() == before
        assert run_import().counters == dry.counters

    def test_a_deleted_product_keeps_what_it_had(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red")))))
        run_import()
        shop.write("goods/g.xml", catalogue(good("p", deleted=True)))
        run_import(allow_mass_hide=True)
        assert not Product.objects.get().is_active
        assert said() == [("Цвет", "Красный")]


class TestLinksOfVariants:
    def test_an_offer_has_values_of_its_own(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p")))
        shop.write("offers/o.xml", package(offer("p#1", inner=values(("c", "red"), ("w", "2")))))
        run_import()
        assert said(VariantProperty) == [("Вес", "2"), ("Цвет", "Красный")]
        assert said() == []

    def test_a_changed_value_updates_the_variant(self, shop, run_import, catalogue_writes):
        shop.write("goods/g.xml", catalogue(good("p")))
        shop.write("offers/o.xml", package(offer("p#1", inner=values(("c", "red")))))
        run_import()
        before = catalogue_writes()
        run_import()
        assert catalogue_writes() == before
        shop.write("offers/o.xml", package(offer("p#1", inner=values(("c", "blue")))))
        assert run_import().counters["variants"]["updated"] == 1
        assert said(VariantProperty) == [("Цвет", "Синий")]

    def test_variants_among_the_goods_keep_what_each_says(self, shop, run_import):
        red, blue = (good(f"p#{i}", inner=values(("c", c))) for i, c in ((1, "red"), (2, "blue")))
        shop.write("goods/g.xml", catalogue(red, blue))
        run_import()
        assert said(VariantProperty) == [("Цвет", "Красный"), ("Цвет", "Синий")]
        assert said() == [("Цвет", "Красный")]


class TestDryRun:
    """A product of which only properties change says which, and from what to what."""

    def steps(self, outcome) -> dict[str, list[str]]:
        return outcome.session.changes.get(entity="products", action="update").fields

    def test_values_are_listed_under_their_propertys_name(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "red"), ("w", "21,6")))))
        run_import()
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("c", "blue"), ("w", "21,6")))))
        assert self.steps(run_import(dry_run=True)) == {"property:Цвет": ["Красный", "Синий"]}
        assert said() == [("Вес", "21,6"), ("Цвет", "Красный")]

    def test_new_properties_and_entries_have_names_too(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", "Мяч", values(("c", "red"), ("c", "blue")))))
        run_import()
        colour = dictionary("c", "Цвет", red="Красный", blue="Синий", green="Зелёный")
        size = "<Свойство><Ид>s</Ид><Наименование>Размер</Наименование></Свойство>"
        shop.write("propertiesGoods/p.xml", properties(colour, WEIGHT, size))
        inner = values(("c", "green"), ("c", "red"), ("s", "XL"))
        shop.write("goods/g.xml", catalogue(good("p", "Мяч 2", inner)))
        assert self.steps(run_import(dry_run=True)) == {
            "name": ["Мяч", "Мяч 2"],
            "property:Цвет": ["Красный, Синий", "Зелёный, Красный"],
            "property:Размер": ["", "XL"],
        }

    def test_variants_say_so_as_well(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p")))
        shop.write("offers/o.xml", package(offer("p#v", inner=values(("c", "red")))))
        run_import()
        shop.write("offers/o.xml", package(offer("p#v", inner=values())))
        change = run_import(dry_run=True).session.changes.get(entity="variants")
        assert change.fields == {"property:Цвет": ["Красный", ""]}
