# ruff: noqa: E501 (XML is easier to read unbroken)
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from apps.common.commerceml import (
    Kind,
    OfferRecord,
    PriceItem,
    ProductRecord,
    StockItem,
    UnknownRecord,
)
from apps.common.commerceml.nodes import PairReader
from apps.common.commerceml.trade import prices_in
from tests.apps.common.commerceml.builders import catalog, el, leaf, offers, one, records

NULL = "00000000-0000-0000-0000-000000000000"


def product(folder: Path, *parts: str, kinds: set[Kind] | None = None) -> ProductRecord:
    record = one(folder, catalog(el("Товар", *parts)), kinds=kinds)
    assert isinstance(record, ProductRecord)
    return record


def offer(folder: Path, *parts: str, kinds: set[Kind] | None = None) -> OfferRecord:
    record = one(folder, offers(el("Предложение", *parts)), kinds=kinds)
    assert isinstance(record, OfferRecord)
    return record


def values(*pairs: tuple[str, str]) -> str:
    return el(
        "ЗначенияСвойств",
        *(el("ЗначенияСвойства", leaf("Ид", key), leaf("Значение", value)) for key, value in pairs),
    )


class TestProduct:
    def test_reads_all_it_has(self, tmp_path: Path) -> None:
        record = product(
            tmp_path,
            "<Ид>p1</Ид><Артикул>A-1</Артикул><Наименование> Гантель &amp; Ко </Наименование>",
            "<Штрихкод>460</Штрихкод><Описание>&lt;b&gt;текст&lt;/b&gt;</Описание>",
            "<Группы><Ид>g1</Ид><Ид>g2</Ид></Группы><Страна>КИТАЙ</Страна>",
            "<Изготовитель><Ид>m</Ид><Наименование>Завод</Наименование></Изготовитель>",
            "<Картинка>a.jpg</Картинка><Картинка/><Картинка>dir/b.jpg</Картинка>",
            values(("pr1", "v1"), ("pr2", ""), ("pr3", NULL), ("Бренд", "b1")),
            "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Код</Наименование>"
            "<Значение>УТ-1</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>",
            "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>18%</Ставка>"
            "</СтавкаНалога></СтавкиНалогов>",
        )
        assert record == ProductRecord(
            onec_id="p1",
            name="Гантель & Ко",
            article="A-1",
            barcode="460",
            description="<b>текст</b>",
            group_ids=("g1", "g2"),
            unit_id="",
            unit_name="",
            tax_rate=Decimal(18),
            country="КИТАЙ",
            manufacturer="Завод",
            manufacturer_id="m",
            brand_id="b1",
            brand_name="",
            images=("a.jpg", "dir/b.jpg"),
            properties=(("pr1", "v1"), ("Бренд", "b1")),
            requisites=(("Код", "УТ-1"),),
            characteristics=(),
            prices=(),
            stocks=(),
            deleted=False,
            line=6,
        )

    def test_spells_the_barcode_both_ways(self, tmp_path: Path) -> None:
        assert product(tmp_path, "<ШтрихКод>777</ШтрихКод>").barcode == "777"

    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            ("<БазоваяЕдиница>796 </БазоваяЕдиница>", ("796", "")),
            ('<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница>', ("796", "шт")),
            (
                '<БазоваяЕдиница Код="796"><Пересчет><Единица>1</Единица></Пересчет>шт</БазоваяЕдиница>',
                ("796", "шт"),
            ),
            ('<БазоваяЕдиница Код="796" НаименованиеПолное="Штука"/>', ("796", "Штука")),
            ("<БазоваяЕдиница>упак</БазоваяЕдиница>", ("", "упак")),
            ("<БазоваяЕдиница/>", ("", "")),
        ],
    )  # fmt: skip
    def test_reads_the_unit_of_every_version(
        self, tmp_path: Path, unit: str, expected: tuple[str, str]
    ) -> None:
        record = product(tmp_path, unit)
        assert (record.unit_id, record.unit_name) == expected

    def test_a_tax_in_words_is_no_rate(self, tmp_path: Path) -> None:
        tax = "<СтавкиНалогов><СтавкаНалога><Ставка>Без НДС</Ставка></СтавкаНалога></СтавкиНалогов>"
        assert product(tmp_path, tax).tax_rate is None

    def test_an_absent_id_is_empty(self, tmp_path: Path) -> None:
        assert product(tmp_path, "<Наименование>без ид</Наименование>").onec_id == ""

    def test_several_values_of_a_property_are_several_pairs(self, tmp_path: Path) -> None:
        block = (
            "<ЗначенияСвойств>"
            "<ЗначенияСвойства><Ид>a</Ид><Значение>1</Значение><Значение>2</Значение></ЗначенияСвойства>"
            "<ЗначенияСвойства><Ид>b</Ид></ЗначенияСвойства>"
            "<ЗначенияСвойства><Значение>3</Значение><Ид>c</Ид></ЗначенияСвойства>"
            "</ЗначенияСвойств>"
        )
        assert product(tmp_path, block).properties == (("a", "1"), ("a", "2"), ("c", "3"))

    @pytest.mark.parametrize(
        "mark",
        [
            "<Статус>Удален</Статус>",
            "<Статус>УДАЛЁН</Статус>",
            "<ПометкаУдаления>true</ПометкаУдаления>",
            "<ПометкаУдаления>Да</ПометкаУдаления>",
        ],
    )
    def test_is_deleted_by_a_child(self, tmp_path: Path, mark: str) -> None:
        assert product(tmp_path, "<Ид>p</Ид>", mark).deleted

    @pytest.mark.parametrize(
        ("status", "deleted"), [("Удален", True), ("удалён", True), ("Новый", False)]
    )
    def test_is_deleted_by_an_attribute(self, tmp_path: Path, status: str, deleted: bool) -> None:
        record = one(tmp_path, catalog(f'<Товар Статус="{status}"><Ид>p</Ид></Товар>'))
        assert isinstance(record, ProductRecord)
        assert record.deleted is deleted

    def test_comments_do_not_cut_a_text(self, tmp_path: Path) -> None:
        assert (
            product(tmp_path, "<Наименование>до<!-- x --> после</Наименование>").name == "до после"
        )

    def test_cdata_is_text(self, tmp_path: Path) -> None:
        assert (
            product(tmp_path, "<Описание><![CDATA[<p>a</p>]]></Описание>").description == "<p>a</p>"
        )

    def test_composite_ids_and_characteristics_stay_as_they_are(self, tmp_path: Path) -> None:
        block = (
            "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>размер</Наименование>"
            "<Ид>x</Ид><Значение>L</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
        )
        record = product(tmp_path, "<Ид>p#v</Ид>", block)
        assert record.onec_id == "p#v"
        assert record.characteristics == (("размер", "L"),)


PRICE = (
    "<Цена><Представление>5 руб</Представление><ИдТипаЦены>{0}</ИдТипаЦены>"
    "<ЦенаЗаЕдиницу>{1}</ЦенаЗаЕдиницу><Валюта>руб</Валюта>"
    "<Налог><Наименование>НДС</Наименование></Налог></Цена>"
)


class TestPrices:
    def test_keep_document_order_and_raw_amounts(self, tmp_path: Path) -> None:
        block = el(
            "Цены",
            PRICE.format("t1", "1 234,5"),
            PRICE.format("t2", "bad"),
            PRICE.format("t1", "7"),
        )
        record = offer(tmp_path, "<Ид>o</Ид>", block)
        assert [(p.price_type_id, p.amount, p.currency) for p in record.prices] == [
            ("t1", "1 234,5", "RUB"),
            ("t2", "bad", "RUB"),
            ("t1", "7", "RUB"),
        ]

    def test_with_units(self, tmp_path: Path) -> None:
        block = (
            "<Цены><Цена><ИдТипаЦены>t</ИдТипаЦены><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу>"
            "<Валюта>USD</Валюта><Единица>шт</Единица><Коэффициент>1</Коэффициент></Цена></Цены>"
        )
        assert offer(tmp_path, "<Ид>o</Ид>", block).prices == (PriceItem("t", "5", "USD", "шт", 7),)

    def test_irregular_prices_are_not_mixed_up(self, tmp_path: Path) -> None:
        block = (
            "<Цены>"
            "<Цена><ЦенаЗаЕдиницу>1</ЦенаЗаЕдиницу><ИдТипаЦены>a</ИдТипаЦены><Валюта>руб</Валюта></Цена>"
            "<Цена><ИдТипаЦены>b</ИдТипаЦены><Валюта>руб</Валюта></Цена>"
            "<Цена><ИдТипаЦены>c</ИдТипаЦены><ЦенаЗаЕдиницу>3</ЦенаЗаЕдиницу></Цена>"
            "</Цены>"
        )
        assert [(p.price_type_id, p.amount) for p in offer(tmp_path, block).prices] == [
            ("a", "1"),
            ("b", ""),
            ("c", "3"),
        ]

    def test_a_unit_is_not_taken_for_an_amount(self, tmp_path: Path) -> None:
        price = "<Цена><ИдТипаЦены>a</ИдТипаЦены><Единица>шт</Единица><Валюта>руб</Валюта></Цена>"
        items = offer(tmp_path, el("Цены", price, price)).prices
        assert [(item.amount, item.unit) for item in items] == [("", "шт"), ("", "шт")]

    def test_an_empty_block_has_none(self, tmp_path: Path) -> None:
        assert offer(tmp_path, "<Ид>o</Ид><Цены/>").prices == ()

    @given(
        st.lists(
            st.permutations(["ИдТипаЦены", "ЦенаЗаЕдиницу", "Валюта", "Единица"]).flatmap(
                lambda names: st.integers(0, 4).map(lambda count: list(names)[:count])
            ),
            min_size=1,
            max_size=5,
        )
    )
    def test_any_arrangement_reads_like_a_plain_loop(self, arrangement: list[list[str]]) -> None:
        block = el(
            "Цены",
            *(
                el("Цена", *(leaf(name, f"{index}.{name[:2]}") for name in names))
                for index, names in enumerate(arrangement)
            ),
        )
        expected = [
            tuple(
                f"{index}.{name[:2]}" if name in names else ""
                for name in ("ИдТипаЦены", "ЦенаЗаЕдиницу", "Единица")
            )
            for index, names in enumerate(arrangement)
        ]
        items = prices_in(etree.fromstring(block))
        assert [(item.price_type_id, item.amount, item.unit) for item in items] == expected


class TestPairs:
    @given(
        st.lists(st.lists(st.sampled_from(["Ид", "Значение", "Прочее"]), max_size=4), max_size=6)
    )
    def test_any_arrangement_reads_like_a_plain_loop(self, arrangement: list[list[str]]) -> None:
        block = etree.fromstring(
            el(
                "Б",
                *(
                    el("П", *(leaf(name, f"{at}.{index}") for index, name in enumerate(names)))
                    for at, names in enumerate(arrangement)
                ),
            )
        )
        reader = PairReader("Ид", "Значение")
        slowly = [pair for child in block for pair in reader.one_by_one(child)]
        assert reader(block) == slowly


class TestStocks:
    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            (
                ('<Количество>9</Количество><Склад ИдСклада="w1" КоличествоНаСкладе="4"/>'
                '<Склад ИдСклада="w2" КоличествоНаСкладе="5"/>'),
                [("w1", "4"), ("w2", "5")],
            ),
            (
                ("<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>-1,5</Количество></Склад></Остаток>"
                "<Остаток><Склад><Ид>w2</Ид><Количество>2</Количество></Склад></Остаток></Остатки>"),
                [("w1", "-1,5"), ("w2", "2")],
            ),
            (
                ("<Остатки><Остаток><Количество>7</Количество><Склад><Ид>w</Ид>"
                "<Количество>7</Количество></Склад></Остаток></Остатки>"),
                [("w", "7")],
            ),
            ("<Остатки><Остаток><Количество>2</Количество></Остаток></Остатки>", [(None, "2")]),
            ("<Количество>3</Количество>", [(None, "3")]),
            ("<Количество/>", []),
            ("<Остатки/>", []),
            ("<Остатки><Остаток><Склад><Количество>1</Количество></Склад></Остаток></Остатки>", [(None, "1")]),
            (
                ("<Остатки><Остаток><Склад><Ид>a</Ид><Количество>1</Количество></Склад>"
                "<Склад><Ид>b</Ид><Количество>2</Количество></Склад></Остаток></Остатки>"),
                [("a", "1"), ("b", "2")],
            ),
        ],
    )  # fmt: skip
    def test_every_form(
        self, tmp_path: Path, parts: str, expected: list[tuple[str | None, str]]
    ) -> None:
        record = offer(tmp_path, "<Ид>o</Ид>", parts)
        assert [(s.warehouse_id, s.quantity) for s in record.stocks] == expected


class TestOffer:
    @pytest.mark.parametrize(
        ("parts", "declares"),
        [
            ("<Наименование>Имя</Наименование>", True),
            ("<Артикул>A</Артикул>", True),
            (
                (
                    "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>р</Наименование>"
                    "<Значение>L</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
                ),
                True,
            ),
            ("<Наименование/><Артикул/><Цены/>", False),
            ("<Штрихкод>1</Штрихкод>", False),
        ],
    )
    def test_declares_by_name_article_or_characteristics(
        self, tmp_path: Path, parts: str, declares: bool
    ) -> None:
        assert offer(tmp_path, "<Ид>o</Ид>", parts).declares is declares

    def test_leaves_out_empty_characteristics(self, tmp_path: Path) -> None:
        block = (
            "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>р</Наименование><Значение/>"
            "</ХарактеристикаТовара></ХарактеристикиТовара>"
        )
        record = offer(tmp_path, "<Ид>o</Ид>", block)
        assert record.characteristics == ()
        assert not record.declares


FULL_OFFER = el(
    "Предложение",
    "<Ид>o</Ид><Наименование>Имя</Наименование><Количество>3</Количество>",
    el("Цены", PRICE.format("t", "5")),
)


class TestWantedKinds:
    def test_only_the_wanted_parts_are_read(self, tmp_path: Path) -> None:
        record = one(tmp_path, offers(FULL_OFFER), kinds={Kind.OFFERS})
        assert isinstance(record, OfferRecord)
        assert (record.name, record.prices, record.stocks) == ("Имя", (), ())

    def test_prices_alone(self, tmp_path: Path) -> None:
        record = one(tmp_path, offers(FULL_OFFER), kinds={Kind.PRICES})
        assert isinstance(record, OfferRecord)
        assert (record.name, len(record.prices), record.stocks) == ("", 1, ())

    def test_offers_without_a_wanted_part_are_left_out(self, tmp_path: Path) -> None:
        bare = "<Предложение><Ид>bare</Ид><Наименование>Имя</Наименование></Предложение>"
        found = records(tmp_path, offers(bare, FULL_OFFER), kinds={Kind.STOCKS})
        assert [record.onec_id for record in found if isinstance(record, OfferRecord)] == ["o"]

    def test_prices_inside_goods(self, tmp_path: Path) -> None:
        goods = catalog(
            el(
                "Товар",
                "<Ид>p</Ид><Наименование>И</Наименование>",
                el("Цены", PRICE.format("t", "5")),
            ),
            "<Товар><Ид>q</Ид></Товар>",
        )
        record = one(tmp_path, goods, kinds={Kind.PRICES})
        assert isinstance(record, OfferRecord)
        assert (record.onec_id, record.declares, record.prices[0].amount) == ("p", False, "5")
        both = records(tmp_path, goods, kinds={Kind.GOODS, Kind.PRICES})
        assert [len(r.prices) for r in both if isinstance(r, ProductRecord)] == [1, 0]
        alone = records(tmp_path, goods, kinds={Kind.GOODS})
        assert [len(r.prices) for r in alone if isinstance(r, ProductRecord)] == [0, 0]

    def test_strangers_among_records_are_named(self, tmp_path: Path) -> None:
        found = records(
            tmp_path, catalog("<Услуга><Ид>u</Ид></Услуга>", "<Товар><Ид>p</Ид></Товар>")
        )
        assert found[0] == UnknownRecord("Услуга", 6)
        assert isinstance(found[1], ProductRecord)
        assert records(tmp_path, catalog("<Услуга><Ид>u</Ид></Услуга>"), kinds={Kind.UNITS}) == []

    def test_strange_sections_and_packages_are_named(self, tmp_path: Path) -> None:
        found = records(
            tmp_path,
            "<Документ><Ид>d</Ид><Товары><Товар><Ид>x</Ид></Товар></Товары></Документ>",
            "<Классификатор><Марки><Марка>a</Марка></Марки></Классификатор>",
        )
        assert found == [UnknownRecord("Документ", 3), UnknownRecord("Марки", 4)]


class TestRoundTrip:
    texts = st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")),
        min_size=1,
        max_size=20,
    )

    @given(
        onec_id=texts,
        name=texts,
        pairs=st.lists(st.tuples(texts, texts), max_size=4),
        prices=st.lists(st.tuples(texts, texts), max_size=4),
        stocks=st.lists(st.tuples(texts, texts), max_size=3),
    )
    def test_what_is_written_is_read(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        onec_id: str,
        name: str,
        pairs: list[tuple[str, str]],
        prices: list[tuple[str, str]],
        stocks: list[tuple[str, str]],
    ) -> None:
        folder = tmp_path_factory.getbasetemp()
        rows = (
            el("Остаток", el("Склад", leaf("Ид", key), leaf("Количество", amount)))
            for key, amount in stocks
        )
        items = (
            el(
                "Цена",
                leaf("ИдТипаЦены", key),
                leaf("ЦенаЗаЕдиницу", amount),
                leaf("Валюта", "RUB"),
            )
            for key, amount in prices
        )
        record = offer(
            folder,
            leaf("Ид", onec_id),
            leaf("Наименование", name),
            values(*pairs),
            el("Цены", *items),
            el("Остатки", *rows),
        )
        assert (record.onec_id, record.name) == (onec_id, name)
        assert record.properties == tuple(pair for pair in pairs if pair[1] != NULL)
        assert [(p.price_type_id, p.amount) for p in record.prices] == prices
        assert [(s.warehouse_id, s.quantity) for s in record.stocks] == stocks
        assert all(isinstance(stock, StockItem) for stock in record.stocks)
