"""The growing tree of a file: complete records are taken out of it as soon as they are there.

Parser events would tell about every end of a record, at the price of the interpreter lock for
every tag of the file. The tree itself tells the same: whatever stands before the last child of an
open element is complete. So after each block the open path (root, package, section) is visited,
its complete children become records and leave the tree; memory stays that of one block, and while
libxml2 parses, other threads run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from . import classifiers, tags
from .extract import GoodsExtractor
from .kinds import ALL_KINDS, Kind
from .nodes import LOCAL, line_of
from .records import Record, UnknownRecord
from .trees import GroupReader, PropertyReader

Extract = Callable[[Element], Record | None]

_PACKAGES = frozenset(
    {tags.CLASSIFIER, tags.CATALOG, tags.OFFER_PACKAGE, tags.OFFER_PACKAGE_CHANGES}
)
#: Elements of a package that have children and are no records.
_NO_RECORDS = frozenset({tags.OWNER})
_OFFER_KINDS = frozenset({Kind.OFFERS, Kind.PRICES, Kind.STOCKS})


@dataclass(slots=True, frozen=True)
class Section:
    """A place where records stand: the kinds that ask for it and how to read each record.

    ``grow`` reads records that may be larger than memory; it is also given the open one.
    """

    kinds: frozenset[Kind]
    records: Mapping[str, Extract]
    grow: "GroupReader | PropertyReader | None" = None


class Walker:
    """Takes records of the wanted kinds out of the growing tree, in document order."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        self._kinds = kinds
        self._sections = _sections(kinds)
        self._out: list[Record] = []
        self._dropped = False

    def harvest(self, root: Element, *, complete: bool) -> tuple[list[Record], bool]:
        """The records that became complete; whether the tree lost anything."""
        self._out, self._dropped = [], False
        self._package(root, complete=complete)
        return self._out, self._dropped

    def _package(self, node: Element, *, complete: bool) -> None:
        children = list(node)
        last = None if complete or not children else children.pop()
        for child in children:
            self._part(child, complete=True)
        if last is not None:
            self._part(last, complete=False)
        self._drop(node, children)

    def _part(self, node: Element, *, complete: bool) -> None:
        name = LOCAL[node.tag]
        section = self._sections.get(name)
        if section is not None:
            self._section(node, section, complete=complete)
        elif name in _PACKAGES:
            self._package(node, complete=complete)
        elif complete:
            if self._kinds == ALL_KINDS and len(node) and name not in _NO_RECORDS:
                self._out.append(UnknownRecord(name, line_of(node)))
        else:
            self._skim(node)

    def _section(self, node: Element, section: Section, *, complete: bool) -> None:
        children = list(node)
        last = None if complete or not children else children.pop()
        if self._kinds.isdisjoint(section.kinds):
            if last is not None and section.grow is not None:
                self._skim(last)
        else:
            self._records(children, last, section)
        self._drop(node, children)

    def _records(self, children: list[Element], last: Element | None, section: Section) -> None:
        out, records, grow = self._out, section.records, section.grow
        for child in children:
            name = LOCAL[child.tag]
            extract = records.get(name)
            if extract is None:
                if name:
                    out.append(UnknownRecord(name, line_of(child)))
            elif grow is not None:
                grow.read(child, complete=True, out=out)
            elif (record := extract(child)) is not None:
                out.append(record)
        if last is not None and grow is not None and LOCAL[last.tag] in records:
            self._dropped |= grow.read(last, complete=False, out=out)

    def _skim(self, node: Element) -> None:
        """Keep an open element that nobody wants small: drop what is complete in it."""
        while len(node):
            self._drop(node, list(node)[:-1])
            node = node[-1]

    def _drop(self, node: Element, children: list[Element]) -> None:
        if children:
            del node[: len(children)]
            self._dropped = True


def _ask_reader(element: Element) -> Record | None:
    """Stands for the extraction of records that a ``grow`` reader makes."""
    raise AssertionError(element.tag)


def _sections(kinds: frozenset[Kind]) -> dict[str, Section]:
    goods = GoodsExtractor(kinds)
    of_goods = frozenset({Kind.GOODS, Kind.PRICES, Kind.STOCKS})
    groups = dict.fromkeys((tags.GROUP, tags.CATEGORY), _ask_reader)
    properties = dict.fromkeys((tags.PROPERTY, tags.PROPERTY_OF_GOODS), _ask_reader)
    group_kind = frozenset({Kind.GROUPS})
    return {
        tags.GROUPS: Section(group_kind, groups, GroupReader()),
        tags.CATEGORIES: Section(group_kind, groups, GroupReader()),
        tags.PROPERTIES: Section(frozenset({Kind.PROPERTIES}), properties, PropertyReader()),
        tags.PRICE_TYPES: _simple(Kind.PRICE_TYPES, tags.PRICE_TYPE, classifiers.price_type),
        tags.WAREHOUSES: _simple(Kind.WAREHOUSES, tags.WAREHOUSE, classifiers.warehouse),
        tags.UNITS: _simple(Kind.UNITS, tags.UNIT, classifiers.unit),
        tags.CUSTOMERS: _simple(Kind.CUSTOMERS, tags.CUSTOMER, classifiers.customer),
        tags.GOODS: Section(of_goods, {tags.PRODUCT: goods.product}),
        tags.OFFERS: Section(_OFFER_KINDS, {tags.OFFER: goods.offer}),
    }


def _simple(kind: Kind, name: str, extract: Extract) -> Section:
    return Section(frozenset({kind}), {name: extract})
