"""The synthetic shop: the one truth behind every layout, schema version and encoding."""

from collections.abc import Iterator
from functools import cached_property

from . import frame
from .chance import Fate, Fates
from .goods import GoodsMaker
from .people import CustomerMaker
from .records import Customer, Group, Product, Unit


class Shop:
    """A shop of `products` products and `customers` counterparties, the same for the same seed.

    `change_share` and `delete_share` are parts of one: that share of the products, each with its
    offers, prices and stock, and of the counterparties has changed or was deleted. Ids never
    change. Records are made when asked for; nothing is kept, so a shop of any size fits in memory.
    """

    def __init__(
        self,
        seed: int,
        products: int,
        customers: int = 0,
        change_share: float = 0.0,
        delete_share: float = 0.0,
        images: bool = False,
    ) -> None:
        self.seed = seed
        self.product_count = products
        self.customer_count = customers
        self._goods = GoodsMaker(seed, products, images)
        self._people = CustomerMaker(seed)
        self._goods_fates = Fates(f"{seed}:goods", products, change_share, delete_share)
        self._people_fates = Fates(f"{seed}:people", customers, change_share, delete_share)
        self.price_types = self._goods.price_types
        self.warehouses = self._goods.warehouses
        self.goods_properties = self._goods.goods_properties
        self.offer_properties = self._goods.offer_properties
        self.units: tuple[Unit, ...] = frame.UNITS

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The roots of the category tree."""
        return frame.groups(self.seed, self.product_count)

    def product(self, index: int) -> Product:
        """Product number `index`, from 0."""
        return self._goods.product(index, self._goods_fates.of(index))

    def products(self, fates: frozenset[Fate] = frozenset(Fate)) -> Iterator[Product]:
        """The products with one of these fates, in order of their numbers."""
        for index in range(self.product_count):
            fate = self._goods_fates.of(index)
            if fate in fates:
                yield self._goods.product(index, fate)

    def customer(self, index: int) -> Customer:
        """Counterparty number `index`, from 0."""
        return self._people.customer(index, self._people_fates.of(index))

    def customers(self, fates: frozenset[Fate] = frozenset(Fate)) -> Iterator[Customer]:
        """The counterparties with one of these fates, in order of their numbers."""
        for index in range(self.customer_count):
            fate = self._people_fates.of(index)
            if fate in fates:
                yield self._people.customer(index, fate)
