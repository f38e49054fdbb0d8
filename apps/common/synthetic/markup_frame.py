"""The frame as the children of a `Классификатор`: groups, properties, price types, and so on."""

from collections.abc import Iterable

from .dialect import Dialect
from .records import Choice, Group, PriceType, Property, Unit, Warehouse
from .xmltext import element

_VERSION = "AAAAAAAAAAE="
_TAX = (
    ("Наименование", "НДС"),
    ("УчтеноВСумме", "true"),
    ("Акциз", "false"),
)


def groups(roots: Iterable[Group], dialect: Dialect, depth: int = 2) -> str:
    """The category tree."""
    return _list(depth, "Группы", (_group(one, dialect, depth + 1) for one in roots))


def _group(one: Group, dialect: Dialect, depth: int) -> str:
    below = groups(one.children, dialect, depth + 1) if one.children else ""
    return _record(
        depth, "Группа", one.id, dialect, element(depth + 1, "Наименование", one.name) + below
    )


def properties(all_: Iterable[Property], dialect: Dialect) -> str:
    """The properties with their dictionaries."""
    return _list(2, "Свойства", (_property(one, dialect) for one in all_))


def _property(one: Property, dialect: Dialect) -> str:
    inside = element(4, "Наименование", one.name)
    if not dialect.legacy:
        inside += element(4, "Внешний", "false") + element(4, "Информационное", "true")
    inside += element(4, "ТипЗначений", one.type.value)
    if one.choices:
        inside += _list(4, "ВариантыЗначений", map(_choice, one.choices))
    return _record(3, dialect.property, one.id, dialect, inside)


def _choice(one: Choice) -> str:
    inside = element(6, "ИдЗначения", one.id) + element(6, "Значение", one.text)
    return _wrap(5, "Справочник", inside)


def price_types(all_: Iterable[PriceType], dialect: Dialect) -> str:
    """The price types."""
    return _list(2, "ТипыЦен", (_price_type(one, dialect) for one in all_))


def _price_type(one: PriceType, dialect: Dialect) -> str:
    tax = _wrap(4, "Налог", "".join(element(5, tag, text) for tag, text in _TAX))
    inside = element(4, "Наименование", one.name) + element(4, "Валюта", "RUB") + tax
    return _record(3, "ТипЦены", one.id, dialect, inside)


def warehouses(all_: Iterable[Warehouse], dialect: Dialect) -> str:
    """The warehouses."""
    return _list(
        2,
        "Склады",
        (
            _record(3, "Склад", one.id, dialect, element(4, "Наименование", one.name))
            for one in all_
        ),
    )


def units(all_: Iterable[Unit], dialect: Dialect) -> str:
    """The units of measure, in every version, so that the shop's units arrive by every road."""
    return _list(2, "ЕдиницыИзмерения", (_unit(one, dialect) for one in all_))


def _unit(one: Unit, dialect: Dialect) -> str:
    inside = (
        element(4, "НаименованиеКраткое", one.short)
        + element(4, "Код", one.code)
        + element(4, "НаименованиеПолное", one.name)
        + element(4, "МеждународноеСокращение", one.international)
    )
    return _record(3, "ЕдиницаИзмерения", one.code, dialect, inside)


def _record(depth: int, tag: str, id_: str, dialect: Dialect, inside: str) -> str:
    head = element(depth + 1, "Ид", id_)
    if not dialect.legacy:
        head += element(depth + 1, "НомерВерсии", _VERSION)
        head += element(depth + 1, "ПометкаУдаления", "false")
    return _wrap(depth, tag, head + inside)


def _list(depth: int, tag: str, rows: Iterable[str]) -> str:
    return _wrap(depth, tag, "".join(rows))


def _wrap(depth: int, tag: str, inside: str) -> str:
    indent = "\t" * depth
    return f"{indent}<{tag}>\n{inside}{indent}</{tag}>\n"
