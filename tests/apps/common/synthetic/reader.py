"""A whole-document reader for tests: slow, plain, and independent of the project's own reader.

It knows every form in which an export may say one thing, and boils a directory down to one shop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lxml import etree

Row = dict[str, object]


@dataclass
class ReadShop:
    """What the files of a directory say, by 1C id."""

    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    properties: dict[str, Row] = field(default_factory=dict)
    price_types: dict[str, str] = field(default_factory=dict)
    warehouses: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    products: dict[str, Row] = field(default_factory=dict)
    offers: dict[str, Row] = field(default_factory=dict)
    prices: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    stocks: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    customers: dict[str, Row] = field(default_factory=dict)

    def deleted(self, kind: str) -> set[str]:
        rows: dict[str, Row] = getattr(self, kind)
        return {key for key, row in rows.items() if row["deleted"]}


def local(node: etree._Element) -> str:
    return etree.QName(node).localname


def kids(node: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    if node is not None:
        yield from (child for child in node if local(child) in names)


def kid(node: etree._Element | None, *names: str) -> etree._Element | None:
    return next(kids(node, *names), None)


def text(node: etree._Element | None, *names: str) -> str:
    found = kid(node, *names)
    return "" if found is None else found.text or ""


def roots(directory: Path) -> Iterator[etree._Element]:
    for path in sorted(directory.rglob("*.xml")):
        yield etree.parse(path).getroot()


def read(directory: Path) -> ReadShop:
    shop = ReadShop()
    for root in roots(directory):
        for part in root:
            _read_part(shop, part)
    return shop


def _read_part(shop: ReadShop, part: etree._Element) -> None:
    _groups(shop, kid(part, "Группы"), "")
    for one in kids(kid(part, "Свойства"), "Свойство", "СвойствоНоменклатуры"):
        _property(shop, one)
    for one in kids(kid(part, "ТипыЦен"), "ТипЦены"):
        shop.price_types[text(one, "Ид")] = text(one, "Наименование")
    for one in kids(kid(part, "Склады"), "Склад"):
        shop.warehouses[text(one, "Ид")] = text(one, "Наименование")
    for one in kids(kid(part, "ЕдиницыИзмерения"), "ЕдиницаИзмерения"):
        shop.units[text(one, "Код")] = text(one, "НаименованиеПолное")
    for one in kids(kid(part, "Товары"), "Товар"):
        _product(shop, one)
    for one in kids(kid(part, "Предложения"), "Предложение"):
        _offer(shop, one)
    for one in kids(part, "Контрагент"):
        _customer(shop, one)


def _groups(shop: ReadShop, node: etree._Element | None, parent: str) -> None:
    for one in kids(node, "Группа"):
        id_ = text(one, "Ид")
        assert id_ not in shop.groups
        shop.groups[id_] = (text(one, "Наименование"), parent)
        _groups(shop, kid(one, "Группы"), id_)


def _property(shop: ReadShop, one: etree._Element) -> None:
    choices = kids(kid(one, "ВариантыЗначений"), "Справочник")
    shop.properties[text(one, "Ид")] = {
        "name": text(one, "Наименование"),
        "type": text(one, "ТипЗначений"),
        "choices": {text(row, "ИдЗначения"): text(row, "Значение") for row in choices},
    }


def _deleted(one: etree._Element) -> bool:
    return one.get("Статус") == "Удален" or text(one, "ПометкаУдаления") == "true"


def _values(one: etree._Element) -> dict[str, str]:
    rows = kids(kid(one, "ЗначенияСвойств"), "ЗначенияСвойства")
    return {text(row, "Ид"): text(row, "Значение") for row in rows}


def _product(shop: ReadShop, one: etree._Element) -> None:
    id_ = text(one, "Ид")
    assert id_ not in shop.products, "a product stands twice"
    unit = kid(one, "БазоваяЕдиница")
    assert unit is not None
    shop.products[id_] = {
        "deleted": _deleted(one),
        "name": text(one, "Наименование"),
        "article": text(one, "Артикул"),
        "barcode": text(one, "Штрихкод", "ШтрихКод"),
        "unit": unit.get("Код") or unit.text,
        "group": text(kid(one, "Группы"), "Ид"),
        "description": text(one, "Описание"),
        "values": _values(one),
        "pictures": [node.text for node in kids(one, "Картинка")],
    }


def _offer(shop: ReadShop, one: etree._Element) -> None:
    id_ = text(one, "Ид")
    rows = list(kids(kid(one, "ХарактеристикиТовара"), "ХарактеристикаТовара"))
    if kid(one, "Наименование") is not None:
        assert id_ not in shop.offers, "an offer is declared twice"
        shop.offers[id_] = {
            "deleted": _deleted(one),
            "name": text(one, "Наименование"),
            "article": text(one, "Артикул"),
            "barcode": text(one, "Штрихкод", "ШтрихКод"),
            "characteristics": {text(row, "Наименование"): text(row, "Значение") for row in rows},
            "values": _values(one),
        }
    for price in kids(kid(one, "Цены"), "Цена"):
        key = (id_, text(price, "ИдТипаЦены"))
        assert key not in shop.prices, "a price stands twice"
        shop.prices[key] = Decimal(text(price, "ЦенаЗаЕдиницу"))
    _stock(shop, one, id_)


def _stock(shop: ReadShop, one: etree._Element, id_: str) -> None:
    """Both forms; the total beside the old form must agree with its parts."""
    old = {
        (id_, row.get("ИдСклада", "")): Decimal(row.get("КоличествоНаСкладе", ""))
        for row in kids(one, "Склад")
    }
    assert not old or sum(old.values()) == Decimal(text(one, "Количество"))
    stores = [kid(row, "Склад") for row in kids(kid(one, "Остатки"), "Остаток")]
    new = {(id_, text(row, "Ид")): Decimal(text(row, "Количество")) for row in stores}
    assert not (old and new)
    shop.stocks.update(old or new)


def _customer(shop: ReadShop, one: etree._Element) -> None:
    contacts = {
        text(row, "Тип"): text(row, "Значение") for row in kids(kid(one, "Контакты"), "Контакт")
    }
    shop.customers[text(one, "Ид")] = {
        "deleted": _deleted(one),
        "name": text(one, "Наименование"),
        "legal_name": text(one, "ПолноеНаименование", "ОфициальноеНаименование"),
        "roles": [node.text for node in kids(one, "Роль")],
        "inn": text(one, "ИНН"),
        "kpp": text(one, "КПП"),
        "email": contacts.get("Электронная почта", ""),
        "phone": contacts.get("Телефон рабочий", ""),
        "address": text(kid(one, "АдресРегистрации"), "Представление"),
    }
