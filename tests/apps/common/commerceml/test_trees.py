# ruff: noqa: E501 (XML is easier to read unbroken)
from pathlib import Path

from apps.common.commerceml import (
    CustomerRecord,
    GroupRecord,
    Kind,
    PriceTypeRecord,
    PropertyRecord,
    UnitRecord,
    WarehouseRecord,
    read,
)
from tests.apps.common.commerceml.builders import (
    classifier,
    document,
    el,
    leaf,
    one,
    records,
    write,
)


def group(onec_id: str, *children: str, name: str | None = None, first: bool = False) -> str:
    inner = el("Группы", *children) if children else ""
    head = leaf("Ид", onec_id) + leaf("Наименование", name or onec_id.upper())
    return el("Группа", *((inner, head) if first else (head, inner)))


def groups_of(folder: Path, *groups: str) -> list[tuple[str, str | None]]:
    found = records(folder, classifier(el("Группы", *groups)))
    return [(r.onec_id, r.parent_id) for r in found if isinstance(r, GroupRecord)]


class TestGroups:
    def test_parents_come_before_their_children(self, tmp_path: Path) -> None:
        tree = group("a", group("b", group("c")), group("d"))
        assert groups_of(tmp_path, tree, group("e")) == [
            ("a", None), ("b", "a"), ("c", "b"), ("d", "a"), ("e", None),
        ]  # fmt: skip

    def test_also_when_the_subgroups_stand_before_the_id(self, tmp_path: Path) -> None:
        tree = group("a", group("b", group("c"), first=True), first=True)
        assert groups_of(tmp_path, tree) == [("a", None), ("b", "a"), ("c", "b")]

    def test_a_large_tree_streams_in_order_and_each_group_once(self, tmp_path: Path) -> None:
        pad = "x" * 200
        tree = group(
            "root",
            *(group(f"n{i}", *(group(f"n{i}.{k}{pad}") for k in range(20))) for i in range(100)),
        )
        expected = [("root", None)]
        for i in range(100):
            expected.append((f"n{i}", "root"))
            expected += [(f"n{i}.{k}{pad}", f"n{i}") for k in range(20)]
        assert groups_of(tmp_path, tree) == expected

    def test_as_deep_as_libxml2_goes(self, tmp_path: Path) -> None:
        tree = group("g0")
        for level in range(1, 100):
            tree = group(f"g{level}", tree)
        assert [onec_id for onec_id, _ in groups_of(tmp_path, tree)] == [
            f"g{n}" for n in range(99, -1, -1)
        ]

    def test_a_deletion_mark_behind_many_subgroups_is_not_lost(self, tmp_path: Path) -> None:
        inner = "".join(group(f"k{i}" + "y" * 100) for i in range(1000))
        tree = (
            f"<Группа><Ид>a</Ид><Наименование>A</Наименование><Группы>{inner}</Группы>"
            "<ПометкаУдаления>true</ПометкаУдаления></Группа>"
        )
        found = [
            r
            for r in records(tmp_path, classifier(el("Группы", tree)))
            if isinstance(r, GroupRecord) and r.onec_id == "a"
        ]
        assert [r.deleted for r in found] == [False, True]

    def test_no_groups_at_all(self, tmp_path: Path) -> None:
        assert records(tmp_path, classifier("<Группы/>")) == []

    def test_categories_are_groups(self, tmp_path: Path) -> None:
        body = (
            "<Категории><Категория><Ид>c</Ид><Наименование>К</Наименование></Категория></Категории>"
        )
        assert one(tmp_path, classifier(body)) == GroupRecord("c", "К", None, deleted=False, line=3)


def dictionary(count: int, *, ids: bool = True) -> str:
    return el(
        "ВариантыЗначений",
        *(
            el("Справочник", leaf("ИдЗначения", f"v{i}") if ids else "", leaf("Значение", f"т{i}"))
            for i in range(count)
        ),
    )


class TestProperties:
    def test_with_a_dictionary(self, tmp_path: Path) -> None:
        body = el(
            "Свойство", "<Ид>p</Ид><Наименование>Цвет</Наименование><ТипЗначений>Справочник</ТипЗначений>",
            dictionary(2),
        )  # fmt: skip
        assert one(tmp_path, classifier(el("Свойства", body))) == PropertyRecord(
            "p", "Цвет", "Справочник", (("v0", "т0"), ("v1", "т1")), deleted=False, line=3
        )

    def test_values_without_an_id_have_their_text_as_id(self, tmp_path: Path) -> None:
        body = el("СвойствоНоменклатуры", "<Ид>p</Ид>", dictionary(2, ids=False))
        record = one(tmp_path, classifier(el("Свойства", body)))
        assert isinstance(record, PropertyRecord)
        assert record.values == (("т0", "т0"), ("т1", "т1"))

    def test_plain_values_instead_of_a_dictionary(self, tmp_path: Path) -> None:
        body = "<Свойство><Ид>p</Ид><ВариантыЗначений><Значение>а</Значение></ВариантыЗначений></Свойство>"
        record = one(tmp_path, classifier(el("Свойства", body)))
        assert isinstance(record, PropertyRecord)
        assert record.values == (("а", "а"),)

    def test_a_huge_dictionary_comes_in_portions(self, tmp_path: Path) -> None:
        body = el("Свойство", "<Ид>p</Ид><Наименование>Ц</Наименование>", dictionary(12_345))
        found = records(
            tmp_path, classifier(el("Свойства", body, "<Свойство><Ид>q</Ид></Свойство>"))
        )
        portions = [r for r in found if isinstance(r, PropertyRecord) and r.onec_id == "p"]
        assert max(len(r.values) for r in portions) == 1000
        assert [r.continued for r in portions] == [False] + [True] * (len(portions) - 1)
        assert {r.name for r in portions} == {"Ц"}
        values = [value for r in portions for value in r.values]
        assert values == [(f"v{i}", f"т{i}") for i in range(12_345)]
        last = found[-1]
        assert isinstance(last, PropertyRecord)
        assert (last.onec_id, last.continued, last.values) == ("q", False, ())


class TestOtherClassifiers:
    def test_price_types_in_either_package(self, tmp_path: Path) -> None:
        body = (
            "<ТипыЦен><ТипЦены><Ид>t</Ид><Наименование>РРЦ</Наименование><Валюта>руб.</Валюта>"
            "<Налог><Наименование>НДС</Наименование></Налог></ТипЦены></ТипыЦен>"
        )
        expected = PriceTypeRecord("t", "РРЦ", "RUB", deleted=False, line=3)
        assert one(tmp_path, el("Классификатор", body)) == expected
        assert one(tmp_path, el("ПакетПредложений", body)) == expected

    def test_warehouses(self, tmp_path: Path) -> None:
        body = (
            "<Склады><Склад><Ид>w</Ид><ПометкаУдаления>true</ПометкаУдаления>"
            "<Наименование>Главный</Наименование></Склад></Склады>"
        )
        assert one(tmp_path, classifier(body)) == WarehouseRecord(
            "w", "Главный", deleted=True, line=3
        )

    def test_units(self, tmp_path: Path) -> None:
        body = (
            "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>796 </Ид><НаименованиеКраткое>шт</НаименованиеКраткое>"
            "<Код>796 </Код><НаименованиеПолное>Штука   </НаименованиеПолное></ЕдиницаИзмерения>"
            "</ЕдиницыИзмерения>"
        )
        assert one(tmp_path, classifier(body)) == UnitRecord(
            "796", "шт", "Штука", deleted=False, line=3
        )


CUSTOMER = """<Контрагенты СодержитТолькоИзменения="false"><Контрагент>
<Ид>c1</Ид><Наименование>ООО Ромашка</Наименование><ПолноеНаименование>Общество Ромашка</ПолноеНаименование>
<Роль>Покупатель</Роль><Роль>Поставщик</Роль><ИНН>7707083893</ИНН><КПП>770701001</КПП>
<АдресРегистрации><Представление>Москва</Представление></АдресРегистрации>
<Контакты>
<Контакт><Тип>Почта</Тип><Значение>a@example.org</Значение></Контакт>
<Контакт><Тип>Телефон рабочий</Тип><Значение>8 (495) 000-00-00, доб. 1</Значение></Контакт>
<Контакт><КонтактВид>Электронная почта</КонтактВид><Значение>не адрес</Значение></Контакт>
<Контакт><Тип>Почтовый адрес</Тип><Значение>Москва, а/я 1</Значение></Контакт>
<Контакт><Тип>Телефон</Тип><Значение/></Контакт>
</Контакты>
<Представители><Представитель><Контрагент><Ид>inner</Ид></Контрагент></Представитель></Представители>
</Контрагент></Контрагенты>"""


class TestCustomers:
    def test_reads_all_it_has(self, tmp_path: Path) -> None:
        assert one(tmp_path, CUSTOMER, kinds={Kind.CUSTOMERS}) == CustomerRecord(
            onec_id="c1",
            name="ООО Ромашка",
            full_name="Общество Ромашка",
            official_name="",
            first_name="",
            last_name="",
            inn="7707083893",
            kpp="770701001",
            roles=("Покупатель", "Поставщик"),
            emails=("a@example.org", "не адрес"),
            phones=("8 (495) 000-00-00, доб. 1",),
            address="Москва",
            deleted=False,
            line=3,
        )

    def test_also_inside_a_classifier(self, tmp_path: Path) -> None:
        path = write(tmp_path, document(el("Классификатор", CUSTOMER)))
        assert len(list(read(path))) == 1
