"""The catalogue's stages in the order of import, and what `--file-type` leaves of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from apps.common.commerceml import Kind, OfferRecord, Record

from .catalogue.products import import_products
from .catalogue.reference import (
    import_groups,
    import_price_types,
    import_properties,
    import_units,
    import_warehouses,
)
from .catalogue.trade import ZERO_STOCK, import_prices, import_stocks
from .catalogue.variants import complete_variants, import_offers
from .context import Context, Handler
from .entities import (
    GROUPS,
    PRICE_TYPES,
    PRICES,
    PRODUCTS,
    PROPERTIES,
    STOCKS,
    UNITS,
    VARIANTS,
    WAREHOUSES,
    Entity,
)
from .pipeline import Prepare


@dataclass(frozen=True)
class Stage:
    """All files of one kind, read in order.

    `after` runs once behind the last of them. `clear_absent` is what a full package does to rows
    that it does not mention, where that is not hiding; it gives their number. `prepare` makes of a
    record what the handler gets; it runs ahead, in another thread, and must not use the database.
    """

    kind: Kind
    entity: Entity
    handler: Handler
    after: Callable[[Context], None] | None = None
    clear_absent: Callable[[Context], int] | None = None
    prepare: Prepare | None = None

    def weigh(self, records: Sequence[Record]) -> int:
        """Count records as the inventory counts them, for progress."""
        if self.kind is Kind.PRICES:
            return sum(len(offer.prices) for offer in records if isinstance(offer, OfferRecord))
        if self.kind is Kind.STOCKS:
            return sum(len(offer.stocks) for offer in records if isinstance(offer, OfferRecord))
        return len(records)


def _remove_prices(context: Context) -> int:
    return context.store.remove_absent(PRICES)


def _zero_stock(context: Context) -> int:
    return context.store.zero_absent(STOCKS, ZERO_STOCK)


CATALOGUE: tuple[Stage, ...] = (
    Stage(Kind.GROUPS, GROUPS, import_groups),
    Stage(Kind.PROPERTIES, PROPERTIES, import_properties),
    Stage(Kind.PRICE_TYPES, PRICE_TYPES, import_price_types),
    Stage(Kind.WAREHOUSES, WAREHOUSES, import_warehouses),
    Stage(Kind.UNITS, UNITS, import_units),
    Stage(Kind.GOODS, PRODUCTS, import_products),
    Stage(Kind.OFFERS, VARIANTS, import_offers),
    Stage(Kind.PRICES, PRICES, import_prices, clear_absent=_remove_prices),
    Stage(Kind.STOCKS, STOCKS, import_stocks, clear_absent=_zero_stock),
)

# Each type brings the dictionaries that its records refer to; together they are "all".
_KINDS_OF_FILE_TYPE: dict[str, frozenset[Kind]] = {
    "groups": frozenset({Kind.GROUPS}),
    "goods": frozenset({Kind.PROPERTIES, Kind.UNITS, Kind.GOODS}),
    "offers": frozenset({Kind.PROPERTIES, Kind.OFFERS}),
    "prices": frozenset({Kind.PRICE_TYPES, Kind.PRICES}),
    "rests": frozenset({Kind.WAREHOUSES, Kind.STOCKS}),
}


# Behind the last of these in a run it is known which products have no offers.
_DECLARING = (Kind.GOODS, Kind.OFFERS)


def stages_for(file_type: str) -> tuple[Stage, ...]:
    """Give the stages of a run that is narrowed to `file_type`."""
    stages = [
        stage
        for stage in CATALOGUE
        if file_type == "all" or stage.kind in _KINDS_OF_FILE_TYPE[file_type]
    ]
    declaring = [at for at, stage in enumerate(stages) if stage.kind in _DECLARING]
    if declaring:
        last = declaring[-1]
        stages[last] = replace(stages[last], after=complete_variants)
    return tuple(stages)
