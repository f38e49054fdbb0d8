"""What the synthetic shop consists of, before any of it becomes XML.

Money is whole kopecks, quantities are whole thousandths: no rounding can make two layouts differ.
"""

from dataclasses import dataclass
from enum import Enum

from .chance import Fate


@dataclass(frozen=True, slots=True)
class Group:
    """A node of the category tree; `level` is 1, 2 or 3."""

    id: str
    name: str
    level: int
    children: tuple["Group", ...] = ()


class ValueType(Enum):
    """How 1C names the type of a property's values."""

    DICTIONARY = "Справочник"
    NUMBER = "Число"
    TEXT = "Строка"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a property's dictionary."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Property:
    """A property of goods or of offers; `choices` is empty unless it has a dictionary."""

    id: str
    name: str
    type: ValueType
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceType:
    """A price list; `percent` is its part of the recommended retail price."""

    id: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place where stock lies."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure; the code keeps the trailing blank that 1C writes."""

    code: str
    short: str
    name: str
    international: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a product; `look` chooses what it shows, `path` is relative to the goods."""

    path: str
    look: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be bought: an offer of a product, or the product itself when it has none.

    `prices` and `stocks` follow the order of the shop's price types and warehouses, in kopecks
    and thousandths. `declared` is false for the stand-in of a product without offers: it carries
    prices and stock under the product's id and is no offer of its own.
    """

    id: str
    name: str
    article: str
    barcode: str
    characteristics: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    prices: tuple[int, ...]
    stocks: tuple[int, ...]
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    """A product with everything that belongs to it; all of it shares one fate."""

    id: str
    fate: Fate
    name: str
    full_name: str
    article: str
    barcode: str
    unit: Unit
    group_id: str
    category: str
    description: str
    values: tuple[tuple[str, str], ...]
    weight: str
    pictures: tuple[Picture, ...]
    offers: tuple[Offer, ...]


class CustomerKind(Enum):
    """The legal form of a counterparty."""

    COMPANY = "company"
    ENTREPRENEUR = "entrepreneur"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Customer:
    """A counterparty; empty strings stand for what 1C does not know about it."""

    id: str
    fate: Fate
    kind: CustomerKind
    name: str
    legal_name: str
    person: tuple[str, str, str]
    roles: tuple[str, ...]
    inn: str
    kpp: str
    email: str
    phone: str
    address: str
