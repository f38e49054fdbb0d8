"""Property values of products and variants.

A value is the id of an entry of the property's dictionary or a text of its own. An id that no
dictionary has is kept as text. "-999 999 999,9" is 1C's way to say that nobody entered a number.
The owner's fingerprint covers its links, so those of an unchanged owner are not looked at.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from apps.common.commerceml import BadValue, OfferRecord, ProductRecord
from apps.common.commerceml.values import is_not_set, parse_decimal

from ...models import ProductProperty, VariantProperty
from ..context import Context
from ..counters import Outcome
from ..dry_store import DryStore
from ..entities import PRODUCTS, PROPERTIES, PROPERTY_VALUES, VARIANTS, Entity
from ..merge import Merged, Row
from ..rowsets import Known, RowSet, RowSets
from .link_steps import Link, Links, LinkSteps

_COLUMNS = ("property_id", "value_id", "text")
_ROWSETS = {
    PRODUCTS.name: RowSet(ProductProperty, "product_id", _COLUMNS),
    VARIANTS.name: RowSet(VariantProperty, "variant_id", _COLUMNS),
}

_Bearer = TypeVar("_Bearer", ProductRecord, OfferRecord)


def links_of(context: Context, entity: Entity, records: Sequence[_Bearer]) -> list[Links]:
    """Give each record's links; a deleted record has none, an unknown property is left out."""
    dictionaries = context.helper(Dictionaries)
    alive = [() if record.deleted else record.properties for record in records]
    said = set[tuple[str, str]]().union(*alive)
    dictionaries.load({pair[0] for pair in said.difference(dictionaries.entries)})
    return [
        tuple(dict.fromkeys(_links(context, entity, record, dictionaries))) if pairs else ()
        for record, pairs in zip(records, alive, strict=True)
    ]


def save_links(
    context: Context,
    entity: Entity,
    rows: Sequence[Row],
    links: Sequence[Links],
    merged: Merged,
) -> None:
    """Write the links of those rows that a merge created or updated; the last record decides.

    They count nowhere, and no later stage reads them: a dry run only lists those that would change.
    """
    rowset = _ROWSETS[entity.name]
    wanted: dict[int, Links] = {}
    new: set[int] = set()
    names: dict[int, str] = {}
    for row, its_links, outcome in zip(rows, links, merged.outcomes, strict=True):
        if outcome is Outcome.CREATED or outcome is Outcome.UPDATED:
            owner = merged.states[row.key].id
            wanted[owner], names[owner] = its_links, str(row.key)
            if outcome is Outcome.CREATED:
                new.add(owner)
    store = RowSets()
    before: Known = store.fetch(rowset, wanted.keys() - new)
    if isinstance(context.store, DryStore):
        steps = LinkSteps(context, context.store.new_values).of(before, wanted)
        context.store.announce_fields(entity, {names[owner]: its for owner, its in steps.items()})
        return
    store.replace(rowset, before, wanted)


def _links(
    context: Context,
    entity: Entity,
    record: ProductRecord | OfferRecord,
    dictionaries: "Dictionaries",
) -> Iterator[Link]:
    entries = dictionaries.entries
    for pair in record.properties:
        if link := entries.get(pair):
            yield link
            continue
        property_id, raw = pair
        row_id = dictionaries.of(property_id)
        if row_id is None:
            context.warn(
                entity,
                "unknown_property",
                onec_id=property_id,
                line=record.line,
                product=record.onec_id,
            )
        elif not says_nothing(raw):
            yield (row_id, None, raw)


def says_nothing(raw: str) -> bool:
    """Whether a value is the number that 1C writes where nobody entered one."""
    if not raw.startswith("-"):
        return False
    try:
        return is_not_set(parse_decimal(raw))
    except BadValue:
        return False


class Dictionaries:
    """Properties by their 1C id, with their dictionaries.

    `entries` has the link that a property's 1C id with the 1C id of a value of its dictionary
    stands for.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._loaded: dict[str, int] = {}
        self.entries: dict[tuple[str, str], Link] = {}

    def load(self, property_ids: set[str]) -> None:
        """Read the dictionaries that were not needed before, all in one go."""
        known = self._context.known(PROPERTIES)
        rows = {known[i].id: i for i in property_ids - self._loaded.keys() if i in known}
        if not rows:
            return
        states = self._context.store.fetch(PROPERTY_VALUES, [(row_id, "") for row_id in rows])
        for key, state in states.items():
            row_id = int(key[0])
            value = str(key[1])
            # 1C's mark for "nobody entered one" is no value, whatever a dictionary says.
            if not says_nothing(value):
                self.entries[rows[row_id], value] = (row_id, state.id, "")
        self._loaded |= {onec_id: row_id for row_id, onec_id in rows.items()}

    def of(self, property_id: str) -> int | None:
        """Give a loaded property's row id; None: there is no such property."""
        return self._loaded.get(property_id)
