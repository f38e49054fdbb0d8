"""The catalogue's import rules, one trap a test, through the real command."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from apps.products.models import (
    Category,
    PriceType,
    Product,
    ProductVariant,
    Property,
    PropertyValue,
    Unit,
    VariantPrice,
    VariantStock,
    Warehouse,
)

from .conftest import catalogue, classifier, good, offer, package, prices, stock

GROUPS = classifier(
    "<Группы><Группа><Ид>g1</Ид><Наименование>Фитнес</Наименование><Группы>"
    "<Группа><Ид>g2</Ид><Наименование>Гантели</Наименование></Группа></Группы></Группа></Группы>"
)
PRICE_TYPES = classifier(
    "<ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>Опт 1 (от 300)</Наименование><Валюта>RUB</Валюта>"
    "</ТипЦены><ТипЦены><Ид>t2</Ид><Наименование>РРЦ</Наименование><Валюта>RUB</Валюта></ТипЦены>"
    "<ТипЦены><Ид>t3</Ид><Наименование>МРЦ</Наименование></ТипЦены></ТипыЦен>"
)
STORAGES = classifier(
    "<Склады><Склад><Ид>w1</Ид><Наименование>Главный</Наименование></Склад></Склады>"
)


def count(outcome, entity: str, *words: str) -> dict[str, int]:
    return {word: outcome.counters[entity][word] for word in words}


class TestDictionaries:
    def test_groups_form_a_tree(self, export, run_import):
        export.write("groups/groups.xml", GROUPS)
        assert count(run_import(), "groups", "created", "read") == {"created": 2, "read": 2}
        assert Category.objects.get(onec_id="g2").parent.onec_id == "g1"

    def test_a_moved_group_follows_1c(self, export, run_import):
        export.write("groups/groups.xml", GROUPS)
        run_import()
        flat = GROUPS.replace("<Группы><Группа><Ид>g2", "</Группа><Группа><Ид>g2").replace(
            "</Группа></Группы></Группа></Группы>", "</Группа></Группы>"
        )
        export.write("groups/groups.xml", flat)
        assert count(run_import(), "groups", "updated", "unchanged") == {
            "updated": 1,
            "unchanged": 1,
        }
        assert Category.objects.get(onec_id="g2").parent is None

    def test_roles_of_price_types_are_guessed_once(self, export, run_import):
        export.write("priceLists/p.xml", PRICE_TYPES)
        run_import()
        roles = dict(PriceType.objects.values_list("onec_id", "customer_role"))
        assert roles == {"t1": "wholesale_level1", "t2": "retail", "t3": ""}
        PriceType.objects.filter(onec_id="t3").update(customer_role="trainer")
        export.write("priceLists/p.xml", PRICE_TYPES.replace("МРЦ", "Рознич"))
        run_import()
        changed = PriceType.objects.get(onec_id="t3")
        assert (changed.name, changed.customer_role) == ("Рознич", "trainer")

    def test_unit_codes_lose_their_trailing_blank(self, export, run_import):
        export.write(
            "units/u.xml",
            classifier(
                "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>796 </Ид><НаименованиеКраткое>шт"
                "</НаименованиеКраткое><Код>796 </Код></ЕдиницаИзмерения></ЕдиницыИзмерения>"
            ),
        )
        export.write(
            "goods/g.xml", catalogue(good("p", inner="<БазоваяЕдиница>796 </БазоваяЕдиница>"))
        )
        run_import()
        assert Unit.objects.get().onec_id == "796"
        assert Product.objects.get().unit.name == "шт"

    def test_a_unit_without_a_code_is_skipped_with_a_word(self, export, run_import):
        unit = "<Ид/><НаименованиеКраткое>ед</НаименованиеКраткое>"
        units = f"<ЕдиницаИзмерения>{unit}</ЕдиницаИзмерения>"
        export.write("units/u.xml", classifier(f"<ЕдиницыИзмерения>{units}</ЕдиницыИзмерения>"))
        outcome = run_import()
        assert (outcome.code, outcome.codes()) == (0, ["unit_without_code"])
        assert count(outcome, "units", "skipped") == {"skipped": 1}

    def test_a_new_dictionary_value_updates_its_property(self, export, run_import):
        def dictionary(*values: str) -> str:
            entries = "".join(
                f"<Справочник><ИдЗначения>{v}</ИдЗначения><Значение>{v.upper()}</Значение>"
                "</Справочник>"
                for v in values
            )
            return classifier(
                "<Свойства><Свойство><Ид>s</Ид><Наименование>Цвет</Наименование>"
                f"<ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>{entries}"
                "</ВариантыЗначений></Свойство></Свойства>"
            )

        export.write("propertiesGoods/p.xml", dictionary("red"))
        assert count(run_import(), "properties", "created") == {"created": 1}
        assert count(run_import(), "properties", "unchanged") == {"unchanged": 1}
        export.write("propertiesGoods/p.xml", dictionary("red", "blue"))
        assert count(run_import(), "properties", "updated") == {"updated": 1}
        assert set(PropertyValue.objects.values_list("value", flat=True)) == {"RED", "BLUE"}
        assert Property.objects.get().value_type == "Справочник"


class TestProducts:
    def test_a_product_without_offers_gets_one_default_variant(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        outcome = run_import()
        variant = ProductVariant.objects.get()
        assert (variant.onec_id, variant.is_default, variant.is_active) == ("p", True, True)
        assert "variants" not in outcome.counters  # default variants count nowhere

    def test_names_groups_and_descriptions_follow_1c(self, export, run_import):
        export.write("groups/groups.xml", GROUPS)
        inner = "<Группы><Ид>{}</Ид></Группы><Описание>{}</Описание>"
        export.write("goods/g.xml", catalogue(good("p", "Мяч", inner.format("g1", "Старое"))))
        run_import()
        export.write("goods/g.xml", catalogue(good("p", "Мяч 2", inner.format("g2", "Новое"))))
        run_import()
        product = Product.objects.get()
        assert (product.name, product.category.onec_id, product.description) == (
            "Мяч 2",
            "g2",
            "Новое",
        )

    def test_the_slug_stays_when_the_name_changes(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", "Мяч")))
        run_import()
        slug = Product.objects.get().slug
        export.write("goods/g.xml", catalogue(good("p", "Другой")))
        run_import()
        assert Product.objects.get().slug == slug

    def test_a_product_of_an_unknown_group_is_kept_with_a_warning(self, export, run_import):
        group = "<Группы><Ид>nowhere</Ид></Группы>"
        export.write("goods/g.xml", catalogue(good("p", inner=group), good("q", inner=group)))
        outcome = run_import()
        assert outcome.codes() == ["unknown_group"]  # once per group
        assert Product.objects.filter(category=None).count() == 2

    def test_a_deleted_product_is_hidden_and_comes_back(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        run_import()
        export.write("goods/g.xml", catalogue(good("p", deleted=True)))
        assert count(run_import(allow_mass_hide=True), "products", "hidden") == {"hidden": 1}
        assert Product.objects.get().is_active is False
        export.write("goods/g.xml", catalogue(good("p")))
        assert count(run_import(), "products", "updated") == {"updated": 1}
        assert Product.objects.get().is_active is True

    def test_a_record_without_a_name_fails_and_the_rest_goes_on(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", ""), good("q"), good("", "Без ид")))
        outcome = run_import()
        assert outcome.code == 3
        assert count(outcome, "products", "failed", "created") == {"failed": 2, "created": 1}
        issues = {i.code: (i.file, i.line, i.onec_id) for i in outcome.session.issues.all()}
        assert issues == {"no_name": ("goods/g.xml", 4, "p"), "no_id": ("goods/g.xml", 6, "")}

    def test_a_text_too_long_is_cut_and_said(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", "я" * 501)))
        outcome = run_import()
        assert outcome.codes() == ["text_too_long"]
        assert len(Product.objects.get().name) == 500

    def test_every_record_failed_is_a_failed_run(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p", ""), good("", "Без ид")))
        outcome = run_import()
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")


class TestOffers:
    def test_an_offer_is_a_variant_of_its_product(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        traits = (
            "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Размер</Наименование>"
            "<Значение>5</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
        )
        export.write("offers/o.xml", package(offer("p#1", inner=traits), offer("p#2")))
        assert count(run_import(), "variants", "created") == {"created": 2}
        assert not ProductVariant.objects.filter(is_default=True).exists()
        assert ProductVariant.objects.get(onec_id="p#1").characteristics == {"Размер": "5"}

    def test_the_default_variant_hides_behind_a_real_offer_and_returns(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        run_import()

        def default_is_visible() -> bool:
            return ProductVariant.objects.get(onec_id="p").is_active

        assert default_is_visible()
        export.write("offers/o.xml", package(offer("p#1")))
        run_import()
        assert not default_is_visible()
        export.write("offers/o.xml", package(offer("p#1", deleted=True)))
        run_import(allow_mass_hide=True)
        assert default_is_visible()

    def test_an_offer_with_the_products_id_takes_the_default_variant_over(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        run_import()
        export.write("offers/o.xml", package(offer("p", "Мяч")))
        assert count(run_import(), "variants", "created", "updated") == {
            "created": 1,
            "updated": 0,
        }
        variant = ProductVariant.objects.get()
        assert (variant.name, variant.is_default, variant.is_active) == ("Мяч", False, True)

    def test_an_offer_of_an_unknown_product_is_skipped_with_one_issue(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p")))
        export.write("offers/o.xml", package(offer("x#1"), offer("p#1")))
        export.write("prices/p.xml", package(prices("x#1", ("t1", "5"), ("t2", "6"))))
        export.write("priceLists/p.xml", PRICE_TYPES)
        outcome = run_import()
        assert outcome.code == 0
        assert count(outcome, "variants", "skipped") == {"skipped": 1}
        assert count(outcome, "prices", "skipped") == {"skipped": 2}
        issue = outcome.session.issues.get()
        assert (issue.code, issue.onec_id, issue.file, issue.line) == (
            "unknown_product",
            "x#1",
            "offers/o.xml",
            4,
        )
        assert "x is not in the shop" in issue.sentence

    def test_what_was_deleted_unseen_takes_its_rows_along_without_an_issue(
        self, export, run_import
    ):
        export.write("goods/g.xml", catalogue(good("p", deleted=True), good("q")))
        export.write("offers/o.xml", package(offer("p#1"), offer("q", deleted=True)))
        export.write("priceLists/p.xml", PRICE_TYPES)
        export.write("prices/p.xml", package(prices("p#1", ("t1", "5")), prices("q", ("t1", "5"))))
        outcome = run_import()
        assert outcome.codes() == []
        assert count(outcome, "products", "skipped") == {"skipped": 1}
        assert count(outcome, "variants", "skipped") == {"skipped": 2}
        assert count(outcome, "prices", "skipped") == {"skipped": 2}
        assert ProductVariant.objects.get().is_active  # q's default variant


class TestTrade:
    @pytest.fixture(autouse=True)
    def shop(self, export):
        export.write("goods/g.xml", catalogue(good("p")))
        export.write("priceLists/p.xml", PRICE_TYPES)
        export.write("storages/s.xml", STORAGES)

    def test_prices_and_stock_hang_on_the_default_variant(self, export, run_import):
        export.write("prices/p.xml", package(prices("p", ("t1", "10,5"), ("t2", "1\u00a0000"))))
        export.write("rests/r.xml", package(stock("p", ("w1", "-1.5"))))
        run_import()
        amounts = dict(VariantPrice.objects.values_list("price_type__onec_id", "amount"))
        assert amounts == {"t1": Decimal("10.5"), "t2": Decimal(1000)}
        assert set(VariantPrice.objects.values_list("currency", flat=True)) == {"RUB"}
        held = VariantStock.objects.filter(variant=ProductVariant.objects.get())
        assert held.aggregate(total=Sum("quantity"))["total"] == Decimal("-1.5")

    def test_the_same_type_twice_in_an_offer_the_last_one_wins(self, export, run_import):
        export.write("prices/p.xml", package(prices("p", ("t1", "10"), ("t1", "11"))))
        outcome = run_import()
        assert count(outcome, "prices", "read", "created", "updated") == {
            "read": 2,
            "created": 1,
            "updated": 1,
        }
        assert VariantPrice.objects.get().amount == 11

    def test_a_bad_number_fails_its_row_alone(self, export, run_import):
        export.write("prices/p.xml", package(prices("p", ("t1", "дорого"), ("t2", "7"))))
        outcome = run_import()
        assert outcome.code == 3
        assert count(outcome, "prices", "failed", "created") == {"failed": 1, "created": 1}
        assert "дорого" in outcome.session.issues.get().sentence

    def test_a_number_beyond_the_column_is_refused_not_rounded(self, export, run_import):
        export.write("prices/p.xml", package(prices("p", ("t1", "1" * 16), ("t2", "7"))))
        assert run_import().codes() == ["number_too_large"]

    def test_an_unknown_price_type_is_made_without_a_role(self, export, run_import):
        export.write("prices/p.xml", package(prices("p", ("рознич", "10"))))
        outcome = run_import()
        assert outcome.codes() == ["unknown_price_type"]
        assert PriceType.objects.get(onec_id="рознич").customer_role == ""
        assert VariantPrice.objects.get().price_type.onec_id == "рознич"

    def test_a_price_of_an_offer_that_nothing_declared_is_skipped(self, export, run_import):
        export.write("prices/p.xml", package(prices("p#9", ("t1", "10"))))
        outcome = run_import()
        assert outcome.codes() == ["unknown_offer"]
        assert count(outcome, "prices", "skipped") == {"skipped": 1}

    def test_stock_without_a_warehouse_lies_in_the_default_one(self, export, run_import):
        row = "<Остатки><Остаток><Количество>2</Количество></Остаток></Остатки>"
        export.write("rests/r.xml", package(offer("p", name="", inner=row)))
        run_import()
        assert VariantStock.objects.get().warehouse == Warehouse.objects.get(is_default=True)
        assert count(run_import(), "stocks", "unchanged") == {"unchanged": 1}

    def test_an_unknown_warehouse_is_made_under_its_id(self, export, run_import):
        export.write("rests/r.xml", package(stock("p", ("w9", "3"))))
        assert run_import().codes() == ["unknown_warehouse"]
        assert Warehouse.objects.get(onec_id="w9").name == "w9"


class TestFileType:
    def test_parts_in_turn_give_what_all_gives(self, export, run_import):
        export.write("groups/groups.xml", GROUPS)
        export.write("goods/g.xml", catalogue(good("p"), good("q")))
        export.write("offers/o.xml", package(offer("p#1")))
        export.write("priceLists/p.xml", PRICE_TYPES)
        export.write("prices/p.xml", package(prices("p#1", ("t1", "10"))))
        export.write("storages/s.xml", STORAGES)
        export.write("rests/r.xml", package(stock("q", ("w1", "3"))))
        for part in ("groups", "goods", "offers", "prices", "rests"):
            assert run_import(file_type=part).code == 0
        total = run_import().counters["total"]
        assert total["unchanged"] == total["read"]
        visible = ProductVariant.objects.filter(is_active=True)
        assert set(visible.values_list("onec_id", flat=True)) == {"p#1", "q"}

    def test_a_part_leaves_the_rest_alone(self, export, run_import):
        export.write("groups/groups.xml", GROUPS)
        export.write("goods/g.xml", catalogue(good("p")))
        assert set(run_import(file_type="groups").counters) == {"total", "groups"}
        assert not Product.objects.exists()
