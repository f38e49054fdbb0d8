"""The records a CommerceML file is made of, in the project's own words.

Plain slotted dataclasses: made in half the time of named tuples, and millions of them are made.
Every record knows the line of its opening element (``line``, 1-based) and whether 1C marks it as
deleted. Texts come stripped; an absent text is ``""`` where the field is ``str``, ``None`` where
``None`` means something of its own. Ids stay as they stand in the file: ``values.split_id``
splits the composite ones. Amounts and quantities stay raw text: ``values.parse_decimal`` reads
them, so that a bad one becomes an issue of one row and not of the whole record.
"""

from dataclasses import dataclass
from decimal import Decimal

Pairs = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class GroupRecord:
    """A node of the group tree (or a category); parents come before their children."""

    onec_id: str
    name: str
    parent_id: str | None
    deleted: bool
    line: int


@dataclass(slots=True)
class PropertyRecord:
    """A property with the values of its dictionary, as (value id, text).

    A large dictionary comes in several records of the same id: all but the first one are
    ``continued``, and name, type and deletion mark are repeated in each.
    """

    onec_id: str
    name: str
    value_type: str
    values: Pairs
    deleted: bool
    line: int
    continued: bool = False


@dataclass(slots=True)
class PriceTypeRecord:
    """A kind of price; ``currency`` is an ISO 4217 code where one could be told."""

    onec_id: str
    name: str
    currency: str
    deleted: bool
    line: int


@dataclass(slots=True)
class WarehouseRecord:
    """A place where stock lies."""

    onec_id: str
    name: str
    deleted: bool
    line: int


@dataclass(slots=True)
class UnitRecord:
    """A unit of measure; its id is the code of the classifier, stripped."""

    onec_id: str
    name_short: str
    name_full: str
    deleted: bool
    line: int


@dataclass(slots=True)
class PriceItem:
    """One price of an offer; ``amount`` is the text as it stands."""

    price_type_id: str
    amount: str
    currency: str
    unit: str
    line: int


@dataclass(slots=True)
class StockItem:
    """The stock in one warehouse (``None``: the file names none); ``quantity`` is raw text."""

    warehouse_id: str | None
    quantity: str
    line: int


@dataclass(slots=True)
class ProductRecord:
    """A product, or with a composite id one variant of it.

    ``properties`` are (property id, raw value) without empty and null-GUID values,
    ``characteristics`` and ``requisites`` are (name, value). Prices and stock are filled only
    when those kinds were asked for.
    """

    onec_id: str
    name: str
    article: str
    barcode: str
    description: str
    group_ids: tuple[str, ...]
    unit_id: str
    unit_name: str
    tax_rate: Decimal | None
    country: str
    manufacturer: str
    manufacturer_id: str
    brand_id: str
    brand_name: str
    images: tuple[str, ...]
    properties: Pairs
    requisites: Pairs
    characteristics: Pairs
    prices: tuple[PriceItem, ...]
    stocks: tuple[StockItem, ...]
    deleted: bool
    line: int


@dataclass(slots=True)
class OfferRecord:
    """An offer: what it declares about a variant, its prices and its stock.

    ``declares``: the file gives it a name, characteristics or an article number; an offer with
    only prices or stock declares nothing. Parts of kinds nobody asked for stay empty.
    """

    onec_id: str
    name: str
    article: str
    barcode: str
    characteristics: Pairs
    properties: Pairs
    prices: tuple[PriceItem, ...]
    stocks: tuple[StockItem, ...]
    declares: bool
    deleted: bool
    line: int


@dataclass(slots=True)
class CustomerRecord:
    """A counterparty; e-mails and phones are raw texts."""

    onec_id: str
    name: str
    full_name: str
    official_name: str
    first_name: str
    last_name: str
    inn: str
    kpp: str
    roles: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    address: str
    deleted: bool
    line: int


@dataclass(slots=True)
class UnknownRecord:
    """Something in a place where records stand, of a kind this reader does not know."""

    kind: str
    line: int


Record = (
    GroupRecord
    | PropertyRecord
    | PriceTypeRecord
    | WarehouseRecord
    | UnitRecord
    | ProductRecord
    | OfferRecord
    | CustomerRecord
    | UnknownRecord
)
