"""Prices and stock. Both hang on a variant that an offer declared, or on a default variant."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.translation import gettext_noop

from apps.common.commerceml import BadValue, OfferRecord, PriceItem, Record, StockItem
from apps.common.commerceml.values import parse_decimal, split_id

from ...models import Warehouse
from ..context import Context
from ..counters import Outcome
from ..entities import PRICE_TYPES, PRICES, PRODUCTS, STOCKS, VARIANTS, WAREHOUSES, Entity, Key
from ..merge import Row, fingerprint, merge
from ..rows import State, Values
from .checks import fit
from .variants import is_default

PRICE_STEP = Decimal("0.0001")
STOCK_STEP = Decimal("0.001")
# What the columns hold: 18 digits, of which 4 or 3 behind the point.
LARGEST = Decimal(10) ** 14
# What an import of "0" leaves in a stock row, so that zeroing a row is no change the next time.
ZERO_STOCK = fingerprint(Decimal(0).quantize(STOCK_STEP))

DEFAULT_CURRENCY = "RUB"
DEFAULT_WAREHOUSE = gettext_noop("Default warehouse")


def import_prices(context: Context, records: Sequence[Record]) -> None:
    """Bring prices in."""
    _import_rows(context, PRICES, records, _price_rows, _brief_prices)


def import_stocks(context: Context, records: Sequence[Record]) -> None:
    """Bring stock in."""
    _import_rows(context, STOCKS, records, _stock_rows, _brief_stocks)


_Item = PriceItem | StockItem
_MakeRows = Callable[[Context, OfferRecord, State], Iterator[Row]]
_Brief = Callable[[Context, OfferRecord], set[str] | None]


def _import_rows(
    context: Context,
    entity: Entity,
    records: Sequence[Record],
    make_rows: _MakeRows,
    brief: _Brief,
) -> None:
    """Compare each offer's rows with the table as a whole; judge row by row what differs."""
    offers = [record for record in records if isinstance(record, OfferRecord)]
    owners = _Owners.of(context, offers)
    variants = [owners.variant_of(offer) for offer in offers]
    there = context.store.briefs(entity, [variant.id for variant in variants if variant])
    known = _known(context, entity, offers, variants, there, brief)
    rows: list[Row] = []
    for offer, variant in zip(offers, variants, strict=True):
        if variant is None:
            _skip(context, entity, offer, owners)
        elif variant.id in known:
            items = len(_items_of(entity, offer))
            context.counters.add(entity.name, Outcome.UNCHANGED, items)
        else:
            rows.extend(make_rows(context, offer, variant))
    context.store.departures.mention_owners(entity, known)
    new = there.keys().isdisjoint(row.key[0] for row in rows)
    context.count(entity, merge(context.store, entity, rows, known={} if new else None))


def _known(
    context: Context,
    entity: Entity,
    offers: Sequence[OfferRecord],
    variants: Sequence[State | None],
    there: Mapping[int, set[str]],
    brief: _Brief,
) -> set[int]:
    """Give the variants of which these offers say what is there.

    One that is told of twice is only among them if both times agree: order matters otherwise.
    """
    known: set[int] = set()
    differing: set[int] = set()
    watched = context.store.departures.watches(entity)
    for offer, variant in zip(offers, variants, strict=True):
        if variant is None:
            continue
        said = brief(context, offer) if variant.id in there else None
        # Rows of which an offer says nothing are not mentioned.
        same = said is not None and (
            said == there[variant.id] or (not watched and said < there[variant.id])
        )
        (known if same else differing).add(variant.id)
    return known - differing


# A number as 1C mostly writes it; others are left to `parse_decimal`.
_PLAIN_NUMBER = re.compile(r"(-?(?:0|[1-9]\d{0,13}))(?:\.(\d{1,4}))?", re.ASCII).fullmatch


def _brief_prices(context: Context, offer: OfferRecord) -> set[str] | None:
    """Say an offer's prices as `Store.briefs` does, or None where that takes a closer look."""
    known = context.known(PRICE_TYPES)
    brief = set()
    for item in offer.prices:
        number, price_type = _PLAIN_NUMBER(item.amount), known.get(item.price_type_id)
        if number is None or price_type is None:
            return None
        whole, part = number.groups("")
        brief.add(f"{price_type.id}:{whole}.{part:0<4}:{item.currency or DEFAULT_CURRENCY}")
    return brief


def _brief_stocks(context: Context, offer: OfferRecord) -> set[str] | None:
    """Say an offer's stock as `Store.briefs` does, or None where that takes a closer look."""
    known = context.known(WAREHOUSES)
    brief = set()
    for item in offer.stocks:
        number = _PLAIN_NUMBER(item.quantity)
        warehouse = known.get(item.warehouse_id) if item.warehouse_id else None
        if number is None or warehouse is None:
            return None
        whole, part = number.groups("")
        brief.add(f"{warehouse.id}:{whole}.{part:0<3}")
    return brief


@dataclass
class _Owners:
    """The variants and products that a chunk's rows hang on."""

    context: Context
    variants: dict[Key, State]
    products: dict[Key, State]

    @classmethod
    def of(cls, context: Context, offers: Sequence[OfferRecord]) -> "_Owners":
        """Look the chunk's variants up, and the products of those that are unknown."""
        variants = context.store.fetch(VARIANTS, [offer.onec_id for offer in offers])
        lost = [split_id(o.onec_id)[0] for o in offers if o.onec_id not in variants]
        return cls(context, variants, context.store.fetch(PRODUCTS, lost))

    def variant_of(self, offer: OfferRecord) -> State | None:
        """Give the variant; a default one only while it stands in for offers."""
        variant = self.variants.get(offer.onec_id)
        if variant is None or not is_default(variant):
            return variant
        replaced = not variant.is_active and not variant.hidden_by_staff
        deleted = self.context.was_deleted_unseen(VARIANTS, offer.onec_id)
        return None if replaced or deleted else variant


def _skip(context: Context, entity: Entity, offer: OfferRecord, owners: _Owners) -> None:
    items = _items_of(entity, offer)
    product_id = split_id(offer.onec_id)[0]
    for item in items:
        if _deleted_unseen(context, offer, product_id):
            context.counters.add(entity.name, Outcome.SKIPPED)
        elif not offer.onec_id:
            context.reject(entity, "no_id", onec_id="", line=item.line)
        else:
            known = product_id in owners.products or offer.onec_id in owners.variants
            context.skip(
                entity,
                "unknown_offer" if known else "unknown_product",
                onec_id=offer.onec_id,
                line=offer.line,
                product=product_id,
            )


def _items_of(entity: Entity, offer: OfferRecord) -> Sequence[_Item]:
    return offer.prices if entity is PRICES else offer.stocks


def _deleted_unseen(context: Context, offer: OfferRecord, product_id: str) -> bool:
    return (
        offer.deleted
        or context.was_deleted_unseen(VARIANTS, offer.onec_id)
        or context.was_deleted_unseen(PRODUCTS, product_id)
    )


def _price_rows(context: Context, offer: OfferRecord, variant: State) -> Iterator[Row]:
    for item in offer.prices:
        if not item.price_type_id:
            context.reject(PRICES, "no_price_type", onec_id=offer.onec_id, line=item.line)
            continue
        key = (variant.id, _price_type(context, offer, item).id)
        currency = fit(context, PRICES, offer, "currency", item.currency or DEFAULT_CURRENCY)
        try:
            values, digest = _price_values(item.amount, currency)
        except _Unfit as problem:
            _reject(context, PRICES, offer, item, key, problem)
        else:
            yield Row(key, values, digest)


def _stock_rows(context: Context, offer: OfferRecord, variant: State) -> Iterator[Row]:
    for item in offer.stocks:
        key = (variant.id, _warehouse_id(context, offer, item))
        try:
            values, digest = _stock_values(item.quantity)
        except _Unfit as problem:
            _reject(context, STOCKS, offer, item, key, problem)
        else:
            yield Row(key, values, digest)


class _Unfit(Exception):
    """A text is no number that its column can hold; `code` is that of the issue."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


def _reject(
    context: Context, entity: Entity, offer: OfferRecord, item: _Item, key: Key, problem: _Unfit
) -> None:
    context.reject(
        entity,
        problem.code,
        onec_id=offer.onec_id,
        line=item.line,
        key=key,
        text=problem.text[:60],
    )


# The sizes of one shoe cost the same, and most quantities are small: the same texts come again.
@lru_cache(maxsize=4096)
def _price_values(amount: str, currency: str) -> tuple[Values, int]:
    values = (_number(amount, PRICE_STEP), currency)
    return values, fingerprint(*values)


@lru_cache(maxsize=4096)
def _stock_values(quantity: str) -> tuple[Values, int]:
    values = (_number(quantity, STOCK_STEP),)
    return values, fingerprint(*values)


def _number(text: str, step: Decimal) -> Decimal:
    """Read a number that its column can hold, rounded to `step`; raise `_Unfit` for any other."""
    try:
        number = parse_decimal(text)
    except BadValue as error:
        raise _Unfit("bad_number", text) from error
    if abs(number) >= LARGEST:
        raise _Unfit("number_too_large", text)
    return number.quantize(step, ROUND_HALF_UP)


def _price_type(context: Context, offer: OfferRecord, item: PriceItem) -> State:
    """Give the price type; an unknown one is made without a role, and said so."""
    known = context.known(PRICE_TYPES)
    key = item.price_type_id
    if key not in known:
        row = Row(key, (key, ""), fingerprint(key, ""))
        # No guess of a role from an id: this price must never pass for the retail price.
        merge(context.store, PRICE_TYPES, [row], initial=lambda *_: ("",), known=known)
        context.warn(
            PRICE_TYPES, "unknown_price_type", onec_id=key, line=item.line, offer=offer.onec_id
        )
    return known[key]


def _warehouse_id(context: Context, offer: OfferRecord, item: StockItem) -> int:
    """Give the warehouse's id; an unknown one is made under its 1C id, and said so."""
    if not item.warehouse_id:
        return _default_warehouse_id(context)
    known = context.known(WAREHOUSES)
    key = item.warehouse_id
    if key not in known:
        merge(context.store, WAREHOUSES, [Row(key, (key,), fingerprint(key))], known=known)
        context.warn(
            WAREHOUSES, "unknown_warehouse", onec_id=key, line=item.line, offer=offer.onec_id
        )
    return known[key].id


def _default_warehouse_id(context: Context) -> int:
    if context.default_warehouse_id is None:
        context.default_warehouse_id = _find_default_warehouse(context)
    return context.default_warehouse_id


def _find_default_warehouse(context: Context) -> int:
    existing = Warehouse.objects.filter(is_default=True).values_list("pk", flat=True).first()
    if existing is not None:
        return existing
    if context.session.dry_run:
        return context.store.allocate(WAREHOUSES, 1)[0]
    return Warehouse.objects.create(name=DEFAULT_WAREHOUSE, is_default=True).pk
