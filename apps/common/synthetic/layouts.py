"""The three layouts: which record goes into which file."""

from abc import ABC, abstractmethod

from . import markup_frame as frame
from .dialect import Dialect
from .envelope import Envelope, Frame
from .markup_customers import customer
from .markup_goods import product
from .markup_offers import OfferMarkup
from .naming import FlatNaming, Naming, SingleNaming, SplitNaming, numbered
from .options import ExportOptions
from .records import Customer, Product
from .shop import Shop
from .streams import Disk, RecordStream

SEGMENT = 5000
"""Records per file in the segmented layouts."""


class Layout(ABC):
    """Takes the records of an export one by one and files them."""

    segment: int | None = SEGMENT

    def __init__(
        self, shop: Shop, options: ExportOptions, envelope: Envelope, disk: Disk, naming: Naming
    ) -> None:
        self._shop = shop
        self._options = options
        self._envelope = envelope
        self._disk = disk
        self._naming = naming
        self._dialect = Dialect(options.version)
        self._markup = OfferMarkup(shop, self._dialect)
        self._streams: list[RecordStream] = []
        self._customers: RecordStream | None = None
        if options.catalogue:
            self._start()

    @abstractmethod
    def _start(self) -> None:
        """Write the frame and open the catalogue's streams."""

    @abstractmethod
    def add_product(self, one: Product) -> None:
        """File a product with its offers, prices and stock."""

    def add_customer(self, one: Customer) -> None:
        """File a counterparty."""
        if self._customers is None:
            self._customers = self._stream("contragents", self._envelope.customers())
        self._customers.add(customer(one, self._dialect))

    def add_picture(self, path: str, data: bytes) -> None:
        """File an image of a product under the path that the product gives."""
        self._disk.write_bytes(self._naming.pictures + path, data)

    def close(self) -> None:
        """Finish all files."""
        for stream in self._streams:
            stream.close()

    def abandon(self) -> None:
        """Close all files as they are."""
        for stream in self._streams:
            stream.abandon()

    def _stream(self, entity: str, head_and_tail: Frame) -> RecordStream:
        names = numbered(self._naming, entity)
        stream = RecordStream(self._disk, head_and_tail, names, self.segment)
        self._streams.append(stream)
        return stream


class SegmentedLayout(Layout):
    """Goods, offers, prices and stock in files of their own, 5,000 records each."""

    def _start(self) -> None:
        if not self._options.delta:
            self._write_frame()
        self._goods = self._stream("goods", self._envelope.goods())
        self._offers = self._stream("offers", self._envelope.offers())
        self._prices = self._stream("prices", self._envelope.offers())
        self._rests = self._stream("rests", self._envelope.offers())

    def _write_frame(self) -> None:
        shop, dialect = self._shop, self._dialect
        parts = {
            "groups": frame.groups(shop.groups, dialect),
            "priceLists": frame.price_types(shop.price_types, dialect),
            "storages": frame.warehouses(shop.warehouses, dialect),
            "units": frame.units(shop.units, dialect),
        }
        for entity, text in self._gathered(parts).items():
            self._disk.write_text(
                self._naming.file(entity, 1), self._envelope.goods_frame_file(text)
            )
        goods = frame.properties(shop.goods_properties, dialect)
        offers = frame.properties(shop.offer_properties, dialect)
        self._disk.write_text(
            self._naming.file("propertiesGoods", 1), self._envelope.goods_frame_file(goods)
        )
        self._disk.write_text(
            self._naming.file("propertiesOffers", 1), self._envelope.offers_frame_file(offers)
        )

    def _gathered(self, parts: dict[str, str]) -> dict[str, str]:
        return parts

    def add_product(self, one: Product) -> None:
        """File a product; one that is gone takes its prices and its stock with it."""
        self._goods.add(product(one, self._dialect))
        for offer in one.offers:
            if offer.declared:
                self._offers.add(self._markup.offer(one, offer))
            if not one.fate.gone:
                self._prices.add(self._markup.bare(offer, self._markup.prices(offer)))
                self._rests.add(self._markup.bare(offer, self._markup.stocks(offer)))


class FlatLayout(SegmentedLayout):
    """As the split layout, but in one directory, and most of the frame in one file."""

    def _gathered(self, parts: dict[str, str]) -> dict[str, str]:
        return {"groups": "".join(parts.values())}


class SingleLayout(Layout):
    """`import.xml` with everything about goods and `offers.xml` with everything about offers."""

    segment = None

    def _start(self) -> None:
        goods, offers, inside = self._frame()
        classify = self._envelope.classifier
        self._goods = self._stream("goods", self._envelope.goods(classify(goods)))
        self._offers = self._stream("offers", self._envelope.offers(classify(offers), inside))

    def _frame(self) -> tuple[str, str, str]:
        """Children of the goods' classifier, of the offers' classifier, of the offers package.

        Price types and warehouses stand in the package before 2.09, in the classifier since.
        """
        if self._options.delta:
            return "", "", ""
        shop, dialect = self._shop, self._dialect
        goods = (
            frame.groups(shop.groups, dialect)
            + frame.properties(shop.goods_properties, dialect)
            + frame.units(shop.units, dialect)
        )
        offers = frame.properties(shop.offer_properties, dialect)
        trade = frame.price_types(shop.price_types, dialect)
        trade += frame.warehouses(shop.warehouses, dialect)
        return (goods, offers, trade) if dialect.legacy else (goods, offers + trade, "")

    def add_product(self, one: Product) -> None:
        """File a product; one that is gone takes its prices and its stock with it."""
        self._goods.add(product(one, self._dialect))
        for offer in one.offers:
            gone = one.fate.gone
            trade = "" if gone else self._markup.prices(offer) + self._markup.stocks(offer)
            if offer.declared:
                self._offers.add(self._markup.offer(one, offer, trade))
            elif trade:
                self._offers.add(self._markup.bare(offer, trade))


def open_layout(shop: Shop, options: ExportOptions, envelope: Envelope, disk: Disk) -> Layout:
    """The layout that the options ask for, ready to take records."""
    if options.layout == "split":
        return SegmentedLayout(shop, options, envelope, disk, SplitNaming(options.seed))
    if options.layout == "flat":
        return FlatLayout(shop, options, envelope, disk, FlatNaming(options.seed))
    return SingleLayout(shop, options, envelope, disk, SingleNaming())
