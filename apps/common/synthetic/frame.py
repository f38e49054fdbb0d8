"""The shop's frame: category tree, properties with dictionaries, price types, warehouses, units.

A change share never touches it: 1C's frame stays while goods come and go.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, product

from . import words_goods as words
from .chance import guid
from .records import Choice, Group, PriceType, Property, Unit, ValueType, Warehouse

NULL_GUID = "00000000-0000-0000-0000-000000000000"
"""What 1C writes for an empty reference to a dictionary."""

BRAND_ID = "Бренд"
"""The brand property bears a word instead of a GUID, as in FREESPORT's exports."""

UNITS = (
    Unit("796 ", "шт", "Штука", "PCE"),
    Unit("715 ", "пар", "Пара", "NPR"),
    Unit("839 ", "компл", "Комплект", "SET"),
    Unit("778 ", "упак", "Упаковка", "NMP"),
    Unit("006 ", "м", "Метр", "MTR"),
)

_PRICE_TYPES = (
    ("Опт 1 (от 300 тыс. руб. в квартал)", 62),
    ("Опт 2 (от 150 тыс. руб. в квартал)", 68),
    ("Опт 3 (от 50 тыс. руб. в квартал)", 74),
    ("Тренерская", 80),
    ("РРЦ", 100),
    ("МРЦ", 92),
)

_WAREHOUSES = ("1 Центральный склад", "2 Склад магазина")

_GOODS_DICTIONARIES: tuple[tuple[str, Sequence[str]], ...] = (
    ("Вид спорта", words.DISCIPLINES),
    ("Страна производства", words.COUNTRIES),
    ("Материал", words.MATERIALS),
    ("Назначение", words.PURPOSES),
    ("Сезон", words.SEASONS),
    ("Уровень подготовки", words.LEVELS),
)

RANGES: dict[str, tuple[int, int, int]] = {
    "Вес изделия (кг)": (5, 24_000, 3),
    "Максимальная нагрузка (кг)": (100, 15_000, 1),
    "Гарантия (мес.)": (6, 36, 0),
    "Вес упаковки брутто (кг)": (10, 26_000, 3),
    "Длина упаковки (см)": (80, 1_900, 1),
    "Кратность": (1, 48, 0),
}
"""Numeric properties: least value, greatest value, places after the comma they are counted in."""

_GOODS_PLAIN = (
    ("Вес изделия (кг)", ValueType.NUMBER),
    ("Максимальная нагрузка (кг)", ValueType.NUMBER),
    ("Гарантия (мес.)", ValueType.NUMBER),
    ("Хит продаж", ValueType.TEXT),
    ("Особенности", ValueType.TEXT),
)

_OFFER_DICTIONARIES: tuple[tuple[str, Sequence[str]], ...] = (
    ("Цвет", words.COLOURS),
    ("Размер", words.SIZES),
    ("Рост", words.HEIGHTS),
    ("Комплектация", words.KITS),
    ("Жёсткость", words.STIFFNESS),
)

_OFFER_PLAIN = (
    ("Вес упаковки брутто (кг)", ValueType.NUMBER),
    ("Длина упаковки (см)", ValueType.NUMBER),
    ("Кратность", ValueType.NUMBER),
)


def group_count(products: int) -> int:
    """How many groups a shop of that size has: 200 from 2,000 products on, never below 8."""
    return min(200, max(8, products // 10))


def groups(seed: int, products: int) -> tuple[Group, ...]:
    """The category tree of three levels with `group_count(products)` nodes, roots only."""
    allowed = set(_paths_in_order()[: group_count(products)])
    return tuple(
        _sport(seed, sport, allowed) for sport in range(len(words.SPORTS)) if (sport,) in allowed
    )


def flatten(roots: Iterable[Group]) -> list[Group]:
    """All groups of a tree, parents before their children."""
    return list(chain.from_iterable((root, *flatten(root.children)) for root in roots))


def _paths_in_order() -> list[tuple[int, ...]]:
    """Nodes as paths of numbers, so ordered that each prefix is a tree that spreads evenly."""
    sports = range(len(words.SPORTS))
    kinds = range(len(words.SPORTS[0].kinds))
    leaves = range(len(words.AUDIENCES))
    paths: dict[tuple[int, ...], None] = {}
    for leaf, kind, sport in product(leaves, kinds, sports):
        for path in ((sport,), (sport, kind), (sport, kind, leaf)):
            paths.setdefault(path)
    return list(paths)


def _sport(seed: int, sport: int, allowed: set[tuple[int, ...]]) -> Group:
    kinds = tuple(
        _kind(seed, sport, kind, allowed)
        for kind in range(len(words.SPORTS[sport].kinds))
        if (sport, kind) in allowed
    )
    return Group(guid(seed, "group", sport), words.SPORTS[sport].name, 1, kinds)


def _kind(seed: int, sport: int, kind: int, allowed: set[tuple[int, ...]]) -> Group:
    category = words.SPORTS[sport].kinds[kind].category
    leaves = tuple(
        Group(guid(seed, "group", sport, kind, leaf), f"{category} {audience}", 3)
        for leaf, audience in enumerate(words.AUDIENCES)
        if (sport, kind, leaf) in allowed
    )
    return Group(guid(seed, "group", sport, kind), category, 2, leaves)


def shelves(seed: int, products: int) -> list[tuple[str, words.Kind]]:
    """Where products lie: the ids of the tree's leaves, each with the kind of goods it holds."""
    paths = _paths_in_order()[: group_count(products)]
    parents = {path[:-1] for path in paths}
    return [
        (guid(seed, "group", *path), words.SPORTS[path[0]].kinds[path[1]])
        for path in paths
        if path not in parents and len(path) > 1
    ]


def price_types(seed: int) -> tuple[PriceType, ...]:
    """Six price types, named so that the importer's first guess of roles knows them."""
    return tuple(
        PriceType(guid(seed, "price type", number), name, percent)
        for number, (name, percent) in enumerate(_PRICE_TYPES)
    )


def warehouses(seed: int) -> tuple[Warehouse, ...]:
    """Two warehouses."""
    return tuple(
        Warehouse(guid(seed, "warehouse", number), name) for number, name in enumerate(_WAREHOUSES)
    )


def brands() -> list[str]:
    """The brand dictionary: some brands stand in it twice, the second time in capitals."""
    names = [f"{head}{tail}" for head, tail in product(words.BRAND_HEADS, words.BRAND_TAILS)]
    return names + [name.upper() for name in names[: words.BRAND_DOUBLES]]


def goods_properties(seed: int) -> tuple[Property, ...]:
    """Twelve properties of goods, seven of them with a dictionary; the brand comes first."""
    brand = Property(BRAND_ID, "Бренд", ValueType.DICTIONARY, _choices(seed, "Бренд", brands()))
    others = _properties(seed, "goods", _GOODS_DICTIONARIES, _GOODS_PLAIN)
    return (brand, *others)


def offer_properties(seed: int) -> tuple[Property, ...]:
    """Eight properties of offers, five of them with a dictionary."""
    return _properties(seed, "offers", _OFFER_DICTIONARIES, _OFFER_PLAIN)


def _properties(
    seed: int,
    owner: str,
    dictionaries: Sequence[tuple[str, Sequence[str]]],
    plain: Sequence[tuple[str, ValueType]],
) -> tuple[Property, ...]:
    with_choices = (
        Property(guid(seed, owner, name), name, ValueType.DICTIONARY, _choices(seed, name, texts))
        for name, texts in dictionaries
    )
    without = (Property(guid(seed, owner, name), name, type_) for name, type_ in plain)
    return (*with_choices, *without)


def _choices(seed: int, name: str, texts: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(guid(seed, "choice", name, number), text) for number, text in enumerate(texts)
    )
