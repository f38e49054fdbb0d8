"""Elements of goods and offers made into records."""

from decimal import Decimal
from functools import lru_cache

from lxml.etree import _Element as Element

from . import tags
from .errors import BadValue
from .kinds import Kind
from .nodes import (
    LOCAL,
    Fields,
    PairReader,
    fields_of,
    filled_texts,
    is_deleted,
    line_of,
    own_text,
    text_of,
    with_both,
)
from .records import OfferRecord, Pairs, PriceItem, ProductRecord, StockItem
from .trade import prices_in, stocks_in, store_row
from .values import NULL_GUID, parse_decimal

_property_pairs = PairReader(tags.ID, tags.VALUE)
_named_pairs = PairReader(tags.NAME, tags.VALUE)
_NOTHING: Pairs = ()


class GoodsExtractor:
    """Makes products and offers, with the parts that were asked for and no others."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        self._goods = Kind.GOODS in kinds
        self._offers = Kind.OFFERS in kinds
        self._prices = Kind.PRICES in kinds
        self._stocks = Kind.STOCKS in kinds

    def product(self, element: Element) -> ProductRecord | OfferRecord | None:
        """A product; if only its prices or stock were asked for, an offer of the same id."""
        if not self._goods:
            return self._bare_offer(element)
        fields, images, stores = _product_fields(element)
        unit_id, unit_name = _unit(fields.get(tags.BASE_UNIT))
        maker_id, maker = _maker(fields.get(tags.MANUFACTURER))
        properties = _properties(fields)
        requisites = _named(fields, tags.REQUISITE_VALUES)
        return ProductRecord(
            onec_id=text_of(fields.get(tags.ID)),
            name=text_of(fields.get(tags.NAME)),
            article=text_of(fields.get(tags.ARTICLE)),
            barcode=_barcode(fields),
            description=text_of(fields.get(tags.DESCRIPTION)),
            group_ids=_group_ids(fields.get(tags.GROUPS)),
            unit_id=unit_id,
            unit_name=unit_name,
            tax_rate=_tax_rate(fields.get(tags.TAX_RATES)),
            country=text_of(fields.get(tags.COUNTRY)),
            manufacturer=maker,
            manufacturer_id=maker_id,
            brand_id=_brand_id(properties, requisites),
            brand_name=_brand_name(fields),
            images=filled_texts(images),
            properties=properties,
            requisites=requisites,
            characteristics=_named(fields, tags.CHARACTERISTICS),
            prices=self._prices_of(fields),
            stocks=self._stocks_of(fields, stores),
            deleted=is_deleted(element, fields),
            line=line_of(element),
        )

    def offer(self, element: Element) -> OfferRecord | None:
        """An offer; ``None`` if it has nothing of what was asked for."""
        if not self._offers:
            return self._bare_offer(element)
        fields, stores = _offer_fields(element)
        characteristics = _named(fields, tags.CHARACTERISTICS)
        name, article = text_of(fields.get(tags.NAME)), text_of(fields.get(tags.ARTICLE))
        return OfferRecord(
            onec_id=text_of(fields.get(tags.ID)),
            name=name,
            article=article,
            barcode=_barcode(fields),
            characteristics=characteristics,
            properties=_properties(fields),
            prices=self._prices_of(fields),
            stocks=self._stocks_of(fields, stores),
            declares=bool(name or article or characteristics),
            deleted=is_deleted(element, fields),
            line=line_of(element),
        )

    def _bare_offer(self, element: Element) -> OfferRecord | None:
        fields, stores = _offer_fields(element)
        prices = self._prices_of(fields)
        stocks = self._stocks_of(fields, stores)
        if not (prices or stocks):
            return None
        return OfferRecord(
            onec_id=text_of(fields.get(tags.ID)),
            name="",
            article="",
            barcode="",
            characteristics=_NOTHING,
            properties=_NOTHING,
            prices=prices,
            stocks=stocks,
            declares=False,
            deleted=is_deleted(element, fields),
            line=line_of(element),
        )

    def _prices_of(self, fields: Fields) -> tuple[PriceItem, ...]:
        block = fields.get(tags.PRICES) if self._prices else None
        return tuple(prices_in(block)) if block is not None else ()

    def _stocks_of(self, fields: Fields, stores: list[Element]) -> tuple[StockItem, ...]:
        if not self._stocks:
            return ()
        if stores:
            return tuple(store_row(store) for store in stores)
        block = fields.get(tags.STOCKS)
        if block is not None:
            return tuple(stocks_in(block))
        total = fields.get(tags.QUANTITY)
        quantity = text_of(total)
        return (
            (StockItem(None, quantity, line_of(total)),) if total is not None and quantity else ()
        )


def _product_fields(element: Element) -> tuple[Fields, list[Element], list[Element]]:
    """Children by name, pictures, and warehouses with stock."""
    fields: Fields = {}
    images: list[Element] = []
    stores: list[Element] = []
    for child in element:
        name = LOCAL[child.tag]
        if name == tags.IMAGE:
            images.append(child)
        elif name == tags.WAREHOUSE:
            stores.append(child)
        else:
            fields[name] = child
    return fields, images, stores


def _offer_fields(element: Element) -> tuple[Fields, list[Element]]:
    fields: Fields = {}
    stores: list[Element] = []
    for child in element:
        name = LOCAL[child.tag]
        if name == tags.WAREHOUSE:
            stores.append(child)
        else:
            fields[name] = child
    return fields, stores


def _barcode(fields: Fields) -> str:
    return text_of(fields.get(tags.BARCODE)) or text_of(fields.get(tags.BARCODE_SPELT_OTHERWISE))


def _group_ids(block: Element | None) -> tuple[str, ...]:
    if block is None:
        return ()
    return filled_texts([child for child in block if LOCAL[child.tag] == tags.ID])


def _properties(fields: Fields) -> Pairs:
    block = fields.get(tags.PROPERTY_VALUES)
    if block is None:
        return ()
    return tuple(
        [pair for pair in _property_pairs(block) if pair[0] and pair[1] and pair[1] != NULL_GUID]
    )


def _named(fields: Fields, name: str) -> Pairs:
    block = fields.get(name)
    return with_both(_named_pairs(block)) if block is not None else ()


def _maker(element: Element | None) -> tuple[str, str]:
    """Id and name; some exports write the bare name."""
    if element is None:
        return "", ""
    if not len(element):
        return "", text_of(element)
    fields = fields_of(element)
    return text_of(fields.get(tags.ID)), text_of(fields.get(tags.NAME))


def _unit(element: Element | None) -> tuple[str, str]:
    """Code and name; 3.1 writes the code as text, 2.x as an attribute and the name as text."""
    if element is None:
        return "", ""
    code, text = (element.get(tags.CODE) or "").strip(), own_text(element)
    if not code and text.isdecimal():
        return text, (element.get(tags.UNIT_FULL_NAME) or "").strip()
    return code, text or (element.get(tags.UNIT_FULL_NAME) or "").strip()


def _tax_rate(block: Element | None) -> Decimal | None:
    if block is None:
        return None
    for tax in block:
        for part in tax:
            if LOCAL[part.tag] == tags.RATE and (text := text_of(part)):
                return _rate(text)
    return None


@lru_cache(maxsize=256)
def _rate(text: str) -> Decimal | None:
    """A rate in per cent; "without tax" in words is no rate."""
    try:
        return parse_decimal(text)
    except BadValue:
        return None


def _brand_id(properties: Pairs, requisites: Pairs) -> str:
    """What the property or requisite called brand says: an id of its dictionary, or a name."""
    for pairs in (properties, requisites):
        for name, value in pairs:
            if name == tags.BRAND and value != NULL_GUID:
                return value
    return ""


def _brand_name(fields: Fields) -> str:
    brand = fields.get(tags.BRAND)
    if brand is None:
        return text_of(fields.get(tags.TRADE_MARK))
    return text_of(fields_of(brand).get(tags.NAME)) or text_of(brand)
