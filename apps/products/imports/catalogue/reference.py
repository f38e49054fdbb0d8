"""Groups, properties, price types, warehouses and units."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from apps.common.commerceml import (
    GroupRecord,
    PriceTypeRecord,
    PropertyRecord,
    Record,
    UnitRecord,
    WarehouseRecord,
)

from ..context import Context
from ..counters import Outcome
from ..entities import (
    GROUPS,
    PRICE_TYPES,
    PROPERTIES,
    PROPERTY_VALUES,
    UNITS,
    WAREHOUSES,
    Entity,
    Key,
)
from ..merge import Initial, Merged, Resolve, Row, fingerprint, merge
from ..rows import State, Values
from .brands import learn_brands
from .checks import fit, has_id, is_named
from .roles import guess_role
from .slugs import make_slug

T = TypeVar("T")


def import_groups(context: Context, records: Sequence[Record]) -> None:
    """Bring groups in; parents come before their children."""
    rows = []
    for record in _of(GroupRecord, records):
        if is_named(context, GROUPS, record):
            name = fit(context, GROUPS, record, "name", record.name)
            values = (name, record.parent_id)
            rows.append(Row(record.onec_id, values, fingerprint(*values), record.deleted))
    _merge_small(context, GROUPS, rows, initial=_slug_of_name, resolve=_with_parent)
    _warn_of_lost_parents(context, records)


def _warn_of_lost_parents(context: Context, records: Sequence[Record]) -> None:
    known = context.known(GROUPS)
    for record in _of(GroupRecord, records):
        if record.parent_id and record.parent_id not in known and not record.deleted:
            context.warn(
                GROUPS,
                "unknown_parent",
                onec_id=record.onec_id,
                line=record.line,
                parent=record.parent_id,
            )


def _with_parent(row: Row, states: Mapping[Key, State]) -> Values:
    name, parent_key = row.values
    parent = states.get(parent_key)
    return (name, parent.id if parent else None)


def _slug_of_name(row: Row, row_id: int) -> Values:
    return (make_slug(row.values[0], row_id),)


def import_properties(context: Context, records: Sequence[Record]) -> None:
    """Bring properties in with their dictionaries; a property counts as its values do."""
    kept = [r for r in _of(PropertyRecord, records) if is_named(context, PROPERTIES, r)]
    merged = merge(
        context.store,
        PROPERTIES,
        [_property_row(context, record) for record in kept],
        known=context.known(PROPERTIES),
    )
    touched = _import_values(context, kept, merged.states)
    learn_brands(context, kept)
    for record, outcome in zip(kept, merged.outcomes, strict=True):
        if record.continued:
            continue
        if outcome is Outcome.UNCHANGED and record.onec_id in touched:
            outcome = Outcome.UPDATED  # noqa: PLW2901  (its dictionary changed)
        context.counters.add(PROPERTIES.name, outcome)


def _property_row(context: Context, record: PropertyRecord) -> Row:
    name = fit(context, PROPERTIES, record, "name", record.name)
    value_type = fit(context, PROPERTIES, record, "value_type", record.value_type)
    values = (name, value_type)
    return Row(record.onec_id, values, fingerprint(*values), record.deleted)


def _import_values(
    context: Context, records: Sequence[PropertyRecord], properties: Mapping[Key, State]
) -> set[str]:
    """Merge the dictionaries; give the ids of the properties whose dictionary changed."""
    rows, owners = [], []
    for record in records:
        state = properties.get(record.onec_id)
        if state is None:
            continue
        for value_id, text in record.values:
            rows.append(Row((state.id, value_id), (text,), fingerprint(text)))
            owners.append(record.onec_id)
    merged = merge(context.store, PROPERTY_VALUES, rows)
    return {
        owner
        for owner, outcome in zip(owners, merged.outcomes, strict=True)
        if outcome is not Outcome.UNCHANGED
    }


def import_price_types(context: Context, records: Sequence[Record]) -> None:
    """Bring price types in; the role is guessed once and then belongs to the staff."""
    rows = []
    for record in _of(PriceTypeRecord, records):
        if is_named(context, PRICE_TYPES, record):
            name = fit(context, PRICE_TYPES, record, "name", record.name)
            currency = fit(context, PRICE_TYPES, record, "currency", record.currency)
            rows.append(_row(record.onec_id, record.deleted, name, currency))
    _merge_small(context, PRICE_TYPES, rows, initial=_role_of_name)


def _role_of_name(row: Row, _row_id: int) -> Values:
    return (guess_role(row.values[0]),)


def import_warehouses(context: Context, records: Sequence[Record]) -> None:
    """Bring warehouses in."""
    rows = []
    for record in _of(WarehouseRecord, records):
        if is_named(context, WAREHOUSES, record):
            name = fit(context, WAREHOUSES, record, "name", record.name)
            rows.append(_row(record.onec_id, record.deleted, name))
    _merge_small(context, WAREHOUSES, rows)


def import_units(context: Context, records: Sequence[Record]) -> None:
    """Bring units in; a unit without a short name goes by its full one, else by its code."""
    rows = []
    for record in _of(UnitRecord, records):
        if not record.onec_id:  # met in real exports; no product can refer to it
            context.skip(UNITS, "unit_without_code", onec_id="", line=record.line)
        elif has_id(context, UNITS, record):
            name = record.name_short or record.name_full or record.onec_id
            name = fit(context, UNITS, record, "name", name)
            full_name = fit(context, UNITS, record, "full_name", record.name_full)
            rows.append(_row(record.onec_id, record.deleted, name, full_name))
    _merge_small(context, UNITS, rows)


def _merge_small(
    context: Context,
    entity: Entity,
    rows: Sequence[Row],
    *,
    initial: Initial | None = None,
    resolve: Resolve | None = None,
) -> Merged:
    known = context.known(entity)
    merged = merge(context.store, entity, rows, initial=initial, resolve=resolve, known=known)
    context.count(entity, merged)
    return merged


def _row(onec_id: str, deleted: bool, *values: str) -> Row:
    return Row(onec_id, values, fingerprint(*values), deleted)


def _of(kind: type[T], records: Iterable[Record]) -> Iterable[T]:
    return (record for record in records if isinstance(record, kind))
