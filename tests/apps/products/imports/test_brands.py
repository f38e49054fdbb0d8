"""Brands and units of products, through the real command."""

from decimal import Decimal

import pytest

from apps.products.admin.brands import merge_brands
from apps.products.models import Brand, BrandSource, Product, Unit

from .conftest import catalogue, classifier, good
from .test_links import dictionary, properties, values

NIKE = dictionary("b", " БРЕНД", n1="Nike", n2=" nike ", n3="NIKE\u00a0 ", a="Adi  das")
GUID = "e473e711-17be-11eb-81ce-00155d3cae02"


@pytest.fixture
def shop(export):
    export.write("propertiesGoods/p.xml", properties(NIKE))
    return export


def brand_of(onec_id: str) -> str | None:
    brand = Product.objects.get(onec_id=onec_id).brand
    return brand and brand.name


class TestDictionaries:
    def test_ids_that_spell_one_name_are_one_brand(self, shop, run_import):
        run_import()
        assert sorted(Brand.objects.values_list("name", flat=True)) == ["Adi das", "Nike"]
        nike = Brand.objects.get(name="Nike")
        assert set(nike.sources.values_list("onec_id", flat=True)) == {"n1", "n2", "n3"}
        assert nike.slug == f"nike-{nike.pk}"

    def test_blanks_and_signs_make_no_other_brand(self, export, run_import):
        spelt = dictionary("b", "Бренд", a="RuscoSport", b="Rusco Sport", c="InGame", d="Ingame.")
        export.write("p.xml", properties(spelt, dictionary("b2", "Бренд", e="+", f="++")))
        run_import()
        assert set(Brand.objects.values_list("name", flat=True)) == {
            *("RuscoSport", "InGame", "+", "++")
        }

    def test_a_product_has_the_brand_of_its_id(self, shop, run_import):
        shop.write(
            "goods/g.xml",
            catalogue(good("p", inner=values(("b", "n2"))), good("q", inner=values(("b", "a")))),
        )
        assert run_import().code == 0
        assert (brand_of("p"), brand_of("q")) == ("Nike", "Adi das")

    def test_a_property_of_another_name_names_no_brand(self, export, run_import):
        export.write("propertiesGoods/p.xml", properties(dictionary("c", "Цвет", r="Красный")))
        export.write("goods/g.xml", catalogue(good("p", inner=values(("c", "r")))))
        run_import()
        assert not Brand.objects.exists()
        assert brand_of("p") is None

    def test_the_names_of_such_properties_can_be_set(self, export, run_import, settings):
        settings.ONEC_BRAND_PROPERTIES = ["цвет"]
        export.write("propertiesGoods/p.xml", properties(dictionary("c", "Цвет", r="Красный")))
        run_import()
        assert Brand.objects.get().name == "Красный"

    def test_a_dictionary_of_an_earlier_run_is_remembered(self, shop, run_import):
        run_import()
        BrandSource.objects.all().delete()
        (shop.directory / "propertiesGoods/p.xml").unlink()
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("b", "n1")))))
        run_import()
        assert brand_of("p") == "Nike"
        assert Brand.objects.filter(name__iexact="nike").count() == 1

    def test_107_ids_of_a_real_export_are_35_brands(self, samples, run_import):
        run_import(samples / "3.1-split-freesport")
        assert (BrandSource.objects.count(), Brand.objects.count()) == (107, 35)
        brands = set(Product.objects.values_list("brand__name", flat=True))
        assert brands == {"Espado", "Intex", "Cosmoride"}


class TestGoods:
    def test_a_text_names_a_brand_too(self, export, run_import):
        brand = "<Свойство><Ид>b</Ид><Наименование>Торговая марка</Наименование></Свойство>"
        export.write("propertiesGoods/p.xml", properties(brand))
        goods = (good(i, inner=values(("b", name))) for i, name in (("p", "Agio"), ("q", "AGIO")))
        export.write("goods/g.xml", catalogue(*goods))
        assert run_import().code == 0
        assert (brand_of("p"), brand_of("q"), Brand.objects.count()) == ("Agio", "Agio", 1)

    def test_an_element_of_its_own_names_a_brand(self, export, run_import):
        inner = "<Бренд><Наименование>Agio</Наименование></Бренд>"
        export.write("goods/g.xml", catalogue(good("p", inner=inner)))
        run_import()
        assert brand_of("p") == "Agio"

    def test_an_id_that_no_dictionary_has_is_no_brand_but_a_warning(self, shop, run_import):
        inner = values(("b", GUID))
        shop.write("goods/g.xml", catalogue(good("p", inner=inner), good("q", inner=inner)))
        outcome = run_import()
        assert (outcome.code, outcome.codes()) == (0, ["unknown_brand"])
        assert brand_of("p") is None
        assert not Brand.objects.filter(name=GUID).exists()

    def test_a_brand_that_comes_later_reaches_the_product(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("b", GUID)))))
        run_import()
        shop.write(
            "propertiesGoods/p.xml",
            properties(NIKE.replace("<ИдЗначения>a<", f"<ИдЗначения>{GUID}<")),
        )
        run_import()
        assert brand_of("p") == "Adi das"

    def test_a_changed_brand_updates_the_product(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("b", "n1")))))
        run_import()
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("b", "a")))))
        assert run_import().counters["products"]["updated"] == 1
        assert brand_of("p") == "Adi das"


class TestWhatStaffDo:
    @pytest.fixture
    def imported(self, shop, run_import):
        inner = values(("b", "a"))
        shop.write("goods/g.xml", catalogue(good("p", inner=inner)))
        run_import()

    def test_a_merge_lasts(self, imported, run_import, catalogue_writes):
        nike = Brand.objects.get(name="Nike")
        merge_brands(nike, Brand.objects.all())
        run_import()
        assert (brand_of("p"), Brand.objects.get()) == ("Nike", nike)
        before = catalogue_writes()
        run_import()
        assert catalogue_writes() == before

    def test_a_rename_lasts(self, imported, run_import, catalogue_writes):
        Brand.objects.filter(name="Adi das").update(name="adidas")
        before = catalogue_writes()
        run_import()
        assert catalogue_writes() == before
        assert brand_of("p") == "adidas"


class TestDryRun:
    def test_it_counts_the_same_and_writes_nothing(self, shop, run_import, catalogue_writes):
        unit = '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'
        shop.write("goods/g.xml", catalogue(good("p", inner=values(("b", "n1")) + unit)))
        before = catalogue_writes()
        dry = run_import(dry_run=True)
        assert catalogue_writes() == before
        assert run_import().counters == dry.counters
        before = catalogue_writes()
        assert run_import().counters["total"]["unchanged"] == 2
        assert catalogue_writes() == before


class TestUnits:
    def test_a_unit_that_goods_name_is_made_and_not_counted(self, export, run_import):
        unit = '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>'
        export.write("g.xml", catalogue(good("p", inner=unit), good("q", inner=unit)))
        assert "units" not in run_import().counters
        assert Unit.objects.get().onec_id == "796"
        assert set(Product.objects.values_list("unit__name", flat=True)) == {"шт"}

    def test_a_unit_without_a_code_goes_by_its_name(self, export, run_import):
        unit = "<БазоваяЕдиница>пар</БазоваяЕдиница>"
        export.write("g.xml", catalogue(good("p", inner=unit)))
        run_import()
        assert Product.objects.get().unit.onec_id == "пар"

    def test_a_code_alone_makes_no_unit(self, export, run_import):
        export.write("g.xml", catalogue(good("p", inner="<БазоваяЕдиница>796</БазоваяЕдиница>")))
        run_import()
        assert (Product.objects.get().unit, Unit.objects.count()) == (None, 0)

    def test_the_list_of_units_names_it_better(self, export, run_import):
        unit = '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'
        export.write("g.xml", catalogue(good("p", inner=unit)))
        run_import()
        entry = (
            "<ЕдиницаИзмерения><Ид>796</Ид><НаименованиеКраткое>штука</НаименованиеКраткое>"
            "</ЕдиницаИзмерения>"
        )
        export.write("u.xml", classifier(f"<ЕдиницыИзмерения>{entry}</ЕдиницыИзмерения>"))
        assert run_import().counters["units"]["updated"] == 1
        assert Product.objects.get().unit.name == "штука"

    def test_a_full_list_of_units_that_lacks_it_does_not_hide_it(self, export, run_import):
        unit = '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'
        export.write("g.xml", catalogue(good("p", inner=unit)))
        entry = "<ЕдиницаИзмерения><Ид>111</Ид><НаименованиеКраткое>л</НаименованиеКраткое>"
        units = classifier(f"<ЕдиницыИзмерения>{entry}</ЕдиницаИзмерения></ЕдиницыИзмерения>")
        export.write("u.xml", units.replace('Изменения="true"', 'Изменения="false"'))
        for _time in range(2):
            assert run_import().code == 0
            assert set(Unit.objects.values_list("onec_id", "is_active")) == {
                *(("796", True), ("111", True))
            }


class TestOtherFields:
    def test_tax_barcode_country_and_manufacturer_reach_the_product(self, export, run_import):
        inner = (
            "<ШтрихКод>4600000000001</ШтрихКод><Артикул>A1</Артикул><Страна>Россия</Страна>"
            "<Изготовитель><Ид>m</Ид><Наименование>Завод</Наименование></Изготовитель>"
            "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>18%</Ставка>"
            "</СтавкаНалога></СтавкиНалогов>"
        )
        export.write("g.xml", catalogue(good("p", inner=inner)))
        assert run_import().code == 0
        product = Product.objects.get()
        assert (product.tax_rate, product.barcode) == (Decimal(18), "4600000000001")
        assert (product.country, product.manufacturer) == ("Россия", "Завод")

    def test_article_numbers_may_repeat_or_be_empty(self, export, run_import):
        articles = {"p": "A", "q": "A", "r": ""}
        goods = (good(key, inner=f"<Артикул>{a}</Артикул>") for key, a in articles.items())
        export.write("g.xml", catalogue(*goods))
        outcome = run_import()
        assert (outcome.code, outcome.codes()) == (0, [])
        assert sorted(Product.objects.values_list("article", flat=True)) == ["", "A", "A"]
