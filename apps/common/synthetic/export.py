"""Writes an export in one pass and says what it has written."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from . import frame
from .chance import Dice, Fate
from .dialect import ENCODINGS, Dialect
from .envelope import Envelope
from .layouts import Layout, open_layout
from .options import ExportOptions
from .people import BUYER
from .records import Customer, Product
from .shop import Shop
from .streams import Disk
from .target import staged, write_marker

_DELTA = frozenset((Fate.CHANGED, Fate.DELETED, Fate.VANISHED))
_FULL = frozenset(Fate) - {Fate.VANISHED}


@dataclass(slots=True)
class ExportSummary:
    """What an export holds, counted while it was written.

    Records marked as deleted count in their own field too (`products` includes
    `products_deleted`); they bear no prices and no stock. `stand_ins` are products without
    offers whose prices and stock stand under their own id, `buyers` the customers with the role
    «Покупатель» or with none. `price_total` is in kopecks, `stock_total` in thousandths.
    """

    groups: int = 0
    properties: int = 0
    property_values: int = 0
    brands: int = 0
    price_types: int = 0
    warehouses: int = 0
    units: int = 0
    products: int = 0
    products_deleted: int = 0
    stand_ins: int = 0
    offers: int = 0
    offers_deleted: int = 0
    prices: int = 0
    price_total: int = 0
    stocks: int = 0
    stock_total: int = 0
    images: int = 0
    customers: int = 0
    customers_deleted: int = 0
    buyers: int = 0
    files: int = 0
    bytes: int = 0

    def count_frame(self, shop: Shop) -> None:
        """Count groups, properties, price types, warehouses and units."""
        all_properties = shop.goods_properties + shop.offer_properties
        self.groups = len(frame.flatten(shop.groups))
        self.properties = len(all_properties)
        self.property_values = sum(len(one.choices) for one in all_properties)
        self.brands = len({choice.text.casefold() for choice in shop.goods_properties[0].choices})
        self.price_types = len(shop.price_types)
        self.warehouses = len(shop.warehouses)
        self.units = len(shop.units)

    def count_product(self, one: Product) -> None:
        """Count a product with its offers, prices and stock."""
        gone = one.fate.gone
        self.products += 1
        self.products_deleted += gone
        for offer in one.offers:
            self.offers += offer.declared
            self.offers_deleted += offer.declared and gone
            if not gone:
                self.stand_ins += not offer.declared
                self.prices += len(offer.prices)
                self.price_total += sum(offer.prices)
                self.stocks += len(offer.stocks)
                self.stock_total += sum(offer.stocks)

    def count_customer(self, one: Customer) -> None:
        """Count a counterparty."""
        self.customers += 1
        self.customers_deleted += one.fate.gone
        self.buyers += not one.roles or BUYER in one.roles


def write_export(output: Path, options: ExportOptions) -> ExportSummary:
    """Write the export that `options` describe into the directory `output`.

    An earlier generated export there is replaced as a whole. Raises `ForeignDirectoryError` when
    the directory holds anything else, `OSError`, and `ModuleNotFoundError` for images without
    Pillow; nothing half-written is left behind.
    """
    shop = Shop(
        options.seed,
        options.products,
        options.customers,
        options.change_share or 0.0,
        options.delete_share,
        options.images,
    )
    encoding = ENCODINGS[options.encoding]
    with staged(output) as stage:
        disk = Disk(stage, encoding)
        envelope = Envelope(
            options.seed, Dialect(options.version), encoding, options.full, stamp(options)
        )
        summary = _write(shop, options, open_layout(shop, options, envelope, disk))
        summary.files, summary.bytes = disk.files, disk.bytes
        write_marker(stage, {"options": asdict(options), "summary": asdict(summary)})
    return summary


def stamp(options: ExportOptions) -> datetime:
    """The date inside the files: from the seed, a day later once something has changed."""
    dice = Dice(options.seed, "date")
    start = datetime(2025, 1, 1, 6)  # noqa: DTZ001 - 1C writes local time without a zone
    start += timedelta(days=dice.below(300), seconds=dice.below(40_000))
    return start + timedelta(days=options.change_share is not None or options.delete_share > 0)


def _write(shop: Shop, options: ExportOptions, layout: Layout) -> ExportSummary:
    summary = ExportSummary()
    if options.catalogue and not options.delta:
        summary.count_frame(shop)
    try:
        for product in shop.products(_fates(options)):
            summary.count_product(product)
            layout.add_product(product)
            summary.images += _write_pictures(product, layout)
        for customer in shop.customers(_fates(options)):
            summary.count_customer(customer)
            layout.add_customer(customer)
        layout.close()
    finally:
        layout.abandon()
    return summary


def _fates(options: ExportOptions) -> frozenset[Fate]:
    """Whose records are written: a full package leaves the vanished out, a delta the kept."""
    if options.full:
        return _FULL
    return _DELTA if options.delta else frozenset(Fate)


def _write_pictures(product: Product, layout: Layout) -> int:
    if not product.pictures:
        return 0
    from .pictures import picture  # noqa: PLC0415 - Pillow is needed for images alone

    for one in product.pictures:
        layout.add_picture(one.path, picture(one.look, PurePosixPath(one.path).suffix))
    return len(product.pictures)
