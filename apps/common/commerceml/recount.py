"""Counting the records of a file by reading it: slow and exact, for what the byte scan missed."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from .errors import BrokenFile
from .inventory import Container
from .kinds import Kind
from .reader import read
from .records import (
    CustomerRecord,
    GroupRecord,
    OfferRecord,
    PriceTypeRecord,
    ProductRecord,
    PropertyRecord,
    Record,
    UnitRecord,
    UnknownRecord,
    WarehouseRecord,
)
from .scan import PackageScan, Scan

_KIND_OF = {
    GroupRecord: Kind.GROUPS,
    PropertyRecord: Kind.PROPERTIES,
    PriceTypeRecord: Kind.PRICE_TYPES,
    WarehouseRecord: Kind.WAREHOUSES,
    UnitRecord: Kind.UNITS,
    ProductRecord: Kind.GOODS,
    CustomerRecord: Kind.CUSTOMERS,
}
_USUAL_CONTAINER = {
    Kind.GOODS: Container.CATALOG,
    Kind.OFFERS: Container.OFFERS,
    Kind.PRICES: Container.OFFERS,
    Kind.STOCKS: Container.OFFERS,
    Kind.CUSTOMERS: Container.CUSTOMERS,
}


def count_by_reading(path: Path, scan: Scan) -> None:
    """Replace the counts of a scan; each kind goes to the package where it usually stands."""
    tally = _Tally()
    with suppress(BrokenFile):  # the importer meets the same fault, and tells it
        for record in read(path):
            tally.add(record)
    for package in scan.packages:
        package.counts.clear()
    for kind, count in tally.result().items():
        _home(scan, _USUAL_CONTAINER.get(kind, Container.CLASSIFIER)).counts[kind] = count


class _Tally:
    """Counts by kind. Offers count only where one says more than prices and stock."""

    def __init__(self) -> None:
        self._counts = Counter[Kind]()
        self._declared = False
        self._traded = False

    def add(self, record: Record) -> None:
        if isinstance(record, OfferRecord | ProductRecord):
            self._counts[Kind.PRICES] += len(record.prices)
            self._counts[Kind.STOCKS] += len(record.stocks)
        if isinstance(record, OfferRecord):
            self._counts[Kind.OFFERS] += 1
            self._declared |= record.declares or record.deleted
            self._traded |= bool(record.prices or record.stocks)
        elif not isinstance(record, UnknownRecord):
            continued = isinstance(record, PropertyRecord) and record.continued
            self._counts[_KIND_OF[type(record)]] += not continued

    def result(self) -> dict[Kind, int]:
        if self._traded and not self._declared:
            del self._counts[Kind.OFFERS]
        return {kind: self._counts[kind] for kind in Kind if self._counts[kind]}


def _home(scan: Scan, container: Container) -> PackageScan:
    for package in scan.packages:
        if package.container is container:
            return package
    return scan.packages[-1]
