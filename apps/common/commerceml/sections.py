"""Counting records inside one section of a package, block by block, by their closing tags."""

import re
from collections.abc import Callable

from . import tags
from .kinds import Kind

Counts = dict[Kind, int]


class SectionCounter:
    """Counts closing tags of records up to the end of the section.

    ``bare``: the section stands directly in the root. ``seen_something``: there were tags in it.
    ``progressed``: the last block finished a record. ``marks`` are names whose end counts as
    progress, though not as a record.
    """

    def __init__(
        self, kind: Kind, records: tuple[str, ...], raw_name: bytes, *, marks: tuple[str, ...] = ()
    ) -> None:
        prefix, colon, _ = raw_name.rpartition(b":")
        self.bare = False
        self.seen_something = False
        self.progressed = False
        self._prefix = prefix + colon
        self._kind = kind
        self._count = 0
        self._section_end = b"</" + raw_name
        self._records = [self._closing(name) for name in records]
        self._marks = [self._closing(name) for name in marks]

    def count(self, data: bytes, at: int) -> tuple[int, bool]:
        """Count from ``at``; the offset up to which is counted, and whether the section ended."""
        end = self._find_end(data, at)
        stop = end if end >= 0 else self._safe_stop(data, at)
        self.seen_something = self.seen_something or data.find(b"<", at, stop) >= 0
        self.progressed = stop > at and self._count_part(data, at, stop)
        return (stop, False) if end < 0 else (end + len(self._section_end), True)

    def result(self) -> Counts:
        """Records of each kind; kinds without any are absent."""
        return {self._kind: self._count} if self._count else {}

    def _closing(self, name: str) -> bytes:
        return b"</" + self._prefix + name.encode() + b">"

    def _opening(self, name: str) -> bytes:
        return b"<" + self._prefix + name.encode()

    def _find_end(self, data: bytes, at: int) -> int:
        length = len(self._section_end)
        end = data.find(self._section_end, at)
        while end >= 0 and data[end + length : end + length + 1] not in b"> \t\r\n":
            end = data.find(self._section_end, end + 1)
        return end if end + length < len(data) else -1

    def _safe_stop(self, data: bytes, at: int) -> int:
        """Behind the last whole tag."""
        return max(at, data.rfind(b">", at) + 1)

    def _count_part(self, data: bytes, at: int, stop: int) -> bool:
        found = sum(data.count(record, at, stop) for record in self._records)
        self._count += found
        return found > 0 or any(data.find(mark, at, stop) >= 0 for mark in self._marks)


class TreeCounter(SectionCounter):
    """Counts in a section that holds sections of its own name: the tree of groups."""

    def __init__(self, kind: Kind, records: tuple[str, ...], raw_name: bytes) -> None:
        super().__init__(kind, records, raw_name)
        self._depth = 1
        self._nested = re.compile(rb"<(/?)" + re.escape(raw_name) + rb"(?=[\s/>])[^>]*>")

    def _find_end(self, data: bytes, at: int) -> int:
        for match in self._nested.finditer(data, at, self._safe_stop(data, at)):
            if match[1]:
                self._depth -= 1
                if self._depth == 0:
                    return match.start()
            elif not match[0].endswith(b"/>"):
                self._depth += 1
        return -1


class RecordCounter(SectionCounter):
    """Counts goods or offers with the prices and stock inside them, by whole records."""

    def __init__(self, kind: Kind, records: tuple[str, ...], raw_name: bytes) -> None:
        super().__init__(kind, records, raw_name)
        self._record = self._records[0]
        self._price = self._closing(tags.PRICE)
        # A name without its brackets is found in half the time.
        self._price_name = tags.PRICE.encode()
        self._quantity = tags.QUANTITY.encode()
        self._store = self._opening(tags.WAREHOUSE)
        self._stock = self._closing(tags.STOCK)
        self._amount = self._opening(tags.QUANTITY)
        self._total = re.compile(re.escape(self._amount) + rb">\s*[^<\s]")
        self._prices = 0
        self._stocks = 0
        self._wants_pieces = False

    def result(self) -> Counts:
        """Records, prices and stock rows; kinds without any are absent."""
        counts = {
            self._kind: self._own_count(),
            Kind.PRICES: self._prices,
            Kind.STOCKS: self._stocks,
        }
        return {kind: count for kind, count in counts.items() if count}

    def _own_count(self) -> int:
        return self._count

    def _safe_stop(self, data: bytes, at: int) -> int:
        """Behind the last whole record."""
        last = data.rfind(self._record, at)
        return at if last < 0 else last + len(self._record)

    def _count_part(self, data: bytes, at: int, stop: int) -> bool:
        found = data.count(self._record, at, stop)
        self._count += found
        if data.find(self._price_name, at, stop) >= 0:
            self._prices += data.count(self._price, at, stop)
        if data.find(self._quantity, at, stop) >= 0:
            self._stocks += self._stock_rows(data, at, stop)
        if self._wants_pieces and self._may_tell(data, at, stop):
            self._look_into(data[at:stop].split(self._record))
        return found > 0

    def _may_tell(self, data: bytes, at: int, stop: int) -> bool:
        """Whether a look into these records may tell anything."""
        return data.find(self._record, at, stop) >= 0

    def _look_into(self, pieces: list[bytes]) -> None:
        """What else must be known of the records, while ``_wants_pieces``."""

    def _stock_rows(self, data: bytes, at: int, stop: int) -> int:
        """Rows of many records; where not every quantity has its warehouse, by the record."""
        stores, stocks = data.count(self._store, at, stop), data.count(self._stock, at, stop)
        if stores == stocks == data.count(self._amount, at, stop):
            return stores
        return sum(map(self._rows_of_one, data[at:stop].split(self._record)))

    def _rows_of_one(self, piece: bytes) -> int:
        """Rows of one record; a total beside warehouses is none."""
        rows = max(piece.count(self._store), piece.count(self._stock))
        return rows or (1 if self._total.search(piece) else 0)


class OfferCounter(RecordCounter):
    """Counts offers; files with nothing but prices or stock declare none."""

    def __init__(self, kind: Kind, records: tuple[str, ...], raw_name: bytes) -> None:
        super().__init__(kind, records, raw_name)
        self._wants_pieces = True
        self._blocks = [
            (self._opening(name), self._closing(name)) for name in (tags.PRICES, tags.STOCKS)
        ]
        name, article, characteristic, mark, status = (
            re.escape(self._opening(name))
            for name in (
                tags.NAME,
                tags.ARTICLE,
                tags.CHARACTERISTICS,
                tags.DELETION_MARK,
                tags.STATUS,
            )
        )
        self._hint = re.compile(b"|".join((name, article, characteristic, mark))).search
        self._status = tags.STATUS.encode()
        self._declaring = re.compile(
            rb"(?:" + name + rb"|" + article + rb")>\s*[^<\s]"
            rb"|" + characteristic + rb">|" + status + rb"\b"
            rb"|" + mark + rb">\s*(?!false|False|FALSE|0|\xd0\xbd|\xd0\x9d)[^<\s]"
            rb"|\s" + tags.STATUS.encode() + rb"\s*="
        )

    def _own_count(self) -> int:
        declared = not self._wants_pieces
        needed = declared or not (self._prices or self._stocks)
        return self._count if needed else 0

    def _may_tell(self, data: bytes, at: int, stop: int) -> bool:
        return data.find(self._status, at, stop) >= 0 or self._hint(data, at, stop) is not None

    def _look_into(self, pieces: list[bytes]) -> None:
        self._wants_pieces = not any(map(self._declares, pieces))

    def _declares(self, piece: bytes) -> bool:
        """Whether an offer has a name, article or characteristics, or a mark of deletion."""
        for opening, closing in self._blocks:
            begin = piece.find(opening)
            if begin >= 0:
                piece = piece[:begin] + piece[max(begin, piece.rfind(closing)) :]
        return self._declaring.search(piece) is not None


def _properties(raw_name: bytes) -> SectionCounter:
    names = (tags.PROPERTY, tags.PROPERTY_OF_GOODS)
    return SectionCounter(Kind.PROPERTIES, names, raw_name, marks=(tags.DICTIONARY_ENTRY,))


def _simple(kind: Kind, record: str) -> Callable[[bytes], SectionCounter]:
    return lambda raw_name: SectionCounter(kind, (record,), raw_name)


#: How to count in each section, given the name with which it was opened.
SECTIONS: dict[str, Callable[[bytes], SectionCounter]] = {
    tags.GROUPS: lambda name: TreeCounter(Kind.GROUPS, (tags.GROUP,), name),
    tags.CATEGORIES: lambda name: TreeCounter(Kind.GROUPS, (tags.CATEGORY,), name),
    tags.PROPERTIES: _properties,
    tags.PRICE_TYPES: _simple(Kind.PRICE_TYPES, tags.PRICE_TYPE),
    tags.WAREHOUSES: _simple(Kind.WAREHOUSES, tags.WAREHOUSE),
    tags.UNITS: _simple(Kind.UNITS, tags.UNIT),
    tags.CUSTOMERS: _simple(Kind.CUSTOMERS, tags.CUSTOMER),
    tags.GOODS: lambda name: RecordCounter(Kind.GOODS, (tags.PRODUCT,), name),
    tags.OFFERS: lambda name: OfferCounter(Kind.OFFERS, (tags.OFFER,), name),
}


def new_counter(name: str, raw_name: bytes, *, bare: bool) -> SectionCounter:
    """The counter for a section: its local name, its name as written, and where it stands."""
    counter = SECTIONS[name](raw_name)
    counter.bare = bare
    return counter
