"""Prices and stock of one offer made into items, in every form that the versions write them."""

from lxml.etree import _Element as Element

from . import tags
from .nodes import LOCAL, any_namespace, fields_of, line_of, text_of
from .records import PriceItem, StockItem
from .values import normalise_currency

_PRICE_PARTS = any_namespace(tags.PRICE_TYPE_ID, tags.AMOUNT, tags.CURRENCY, tags.PRICE_UNIT)
_PRICE_TYPE_ID, _AMOUNT, _CURRENCY = (_PRICE_PARTS[at : at + 1] for at in range(3))


def prices_in(block: Element) -> list[PriceItem]:
    """The prices of one offer, in document order."""
    prices = list(block)
    parts = list(block.iter(*_PRICE_PARTS))
    width = len(parts) // len(prices) if prices else 0
    if width not in (3, 4) or not _are_regular(block, parts, len(prices), width):
        return [_price(price) for price in prices if LOCAL[price.tag] == tags.PRICE]
    texts = [(part.text or "").strip() for part in parts]
    units = texts[3::4] if width == 4 else [""] * len(prices)
    return [
        PriceItem(price_type_id, amount, normalise_currency(currency), unit, line_of(price))
        for price_type_id, amount, currency, unit, price in zip(
            texts[::width], texts[1::width], texts[2::width], units, prices, strict=True
        )
    ]


def _are_regular(block: Element, parts: list[Element], count: int, width: int) -> bool:
    """Whether every price has type, amount and currency (and unit) once and in this order."""
    return (
        len(parts) == count * width
        and parts[::width] == list(block.iter(*_PRICE_TYPE_ID))
        and parts[1::width] == list(block.iter(*_AMOUNT))
        and parts[2::width] == list(block.iter(*_CURRENCY))
    )


def _price(element: Element) -> PriceItem:
    fields = fields_of(element)
    return PriceItem(
        text_of(fields.get(tags.PRICE_TYPE_ID)),
        text_of(fields.get(tags.AMOUNT)),
        normalise_currency(text_of(fields.get(tags.CURRENCY))),
        text_of(fields.get(tags.PRICE_UNIT)),
        line_of(element),
    )


def stocks_in(block: Element) -> list[StockItem]:
    """The stock rows of one offer in their nested form, in document order.

    A stock element holds warehouses, or without any a bare quantity; a quantity beside warehouses
    is their total and no row.
    """
    rows: list[StockItem] = []
    for stock in block:
        if LOCAL[stock.tag] == tags.WAREHOUSE:
            rows.append(store_row(stock))
            continue
        total = None
        found = len(rows)
        for part in stock:
            name = LOCAL[part.tag]
            if name == tags.WAREHOUSE:
                rows.append(store_row(part))
            elif name == tags.QUANTITY:
                total = part
        if total is not None and len(rows) == found:
            rows.append(StockItem(None, text_of(total), line_of(total)))
    return rows


def store_row(element: Element) -> StockItem:
    """One stock row: a warehouse with its quantity, in child elements or in attributes."""
    warehouse_id, quantity = "", ""
    for part in element:
        name = LOCAL[part.tag]
        if name == tags.ID:
            warehouse_id = text_of(part)
        elif name == tags.QUANTITY:
            quantity = text_of(part)
    if not warehouse_id:
        warehouse_id = (element.get(tags.WAREHOUSE_ID) or "").strip()
        quantity = quantity or (element.get(tags.QUANTITY_IN_WAREHOUSE) or "").strip()
    return StockItem(warehouse_id or None, quantity, line_of(element))
