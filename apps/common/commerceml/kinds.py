"""What a CommerceML file can carry, as the rest of the project names it."""

from enum import StrEnum


class Kind(StrEnum):
    """One kind of 1C content; the order is the order of import (docs/architecture.md)."""

    GROUPS = "groups"
    PROPERTIES = "properties"
    PRICE_TYPES = "price_types"
    WAREHOUSES = "warehouses"
    UNITS = "units"
    GOODS = "goods"
    OFFERS = "offers"
    PRICES = "prices"
    STOCKS = "stocks"
    CUSTOMERS = "customers"


ALL_KINDS: frozenset[Kind] = frozenset(Kind)
