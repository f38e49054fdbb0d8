"""Products, and those variants that stand among the goods (composite ids, CommerceML 2.03)."""

from collections.abc import Iterator, Mapping, Sequence

from apps.common.commerceml import ProductRecord, Record, split_id

from ..context import Context
from ..counters import Outcome
from ..entities import GROUPS, PRODUCTS, Key
from ..merge import Row, fingerprint, merge
from ..rows import State, Values
from .brands import brands_of
from .checks import fit, is_named
from .images import import_images
from .link_steps import Links
from .links import links_of, save_links
from .slugs import make_slug
from .units import units_of
from .variants import import_goods_variants


def import_products(context: Context, records: Sequence[Record]) -> None:
    """Bring products in.

    Goods with a composite id are variants of one product, whose own values come from the first of
    them: each of the others says the same of itself.
    """
    goods = [
        record
        for record in records
        if isinstance(record, ProductRecord) and is_named(context, PRODUCTS, record)
    ]
    leading = [record for record in goods if _leads(context, record)]
    links = links_of(context, PRODUCTS, leading)
    brands, units = brands_of(context, leading), units_of(context, leading)
    parts = zip(leading, links, brands, units, strict=True)
    rows = [_row(context, *of_one) for of_one in parts]
    variants = [record for record in goods if split_id(record.onec_id)[1]]
    owners = [split_id(record.onec_id)[0] for record in variants]
    merged = merge(context.store, PRODUCTS, rows, initial=_slug_of_name, also_fetch=owners)
    save_links(context, PRODUCTS, rows, links, merged)
    outcomes = dict(zip(map(id, leading), merged.outcomes, strict=True))
    changed = import_goods_variants(context, variants, merged.states)
    for record in goods:
        outcome = outcomes.get(id(record), Outcome.UNCHANGED)
        if outcome is Outcome.UNCHANGED and record.onec_id in changed:
            outcome = Outcome.UPDATED
        if outcome is Outcome.SKIPPED:
            context.note_deleted_unseen(PRODUCTS, record.onec_id)
        context.counters.add(PRODUCTS.name, outcome)
    import_images(context, list(_with_row_ids(leading, merged.states)))


def _with_row_ids(
    records: Sequence[ProductRecord], states: Mapping[Key, State]
) -> Iterator[tuple[ProductRecord, int]]:
    for record in records:
        state = states.get(split_id(record.onec_id)[0])
        if state and not record.deleted:
            yield record, state.id


def _leads(context: Context, record: ProductRecord) -> bool:
    """Whether the record speaks for its product: always, unless it is a further variant."""
    product_id, variant_id = split_id(record.onec_id)
    if variant_id is None:
        return True
    if record.deleted or product_id in context.led_by_variant:
        return False
    context.led_by_variant.add(product_id)
    return True


def _row(
    context: Context,
    record: ProductRecord,
    links: Links,
    brand_id: int | None,
    unit_id: int | None,
) -> Row:
    product_id = split_id(record.onec_id)[0]
    if record.deleted:
        return Row(product_id, (), 0, deleted=True)
    values = (
        fit(context, PRODUCTS, record, "name", record.name),
        fit(context, PRODUCTS, record, "article", record.article),
        fit(context, PRODUCTS, record, "barcode", record.barcode),
        record.description,
        _category_id(context, record),
        brand_id,
        unit_id,
        record.tax_rate,
        fit(context, PRODUCTS, record, "country", record.country),
        fit(context, PRODUCTS, record, "manufacturer", record.manufacturer),
    )
    return Row(product_id, values, fingerprint(*values, links))


def _category_id(context: Context, record: ProductRecord) -> int | None:
    """Give the first known group; a product of unknown groups only is kept without one."""
    known = context.known(GROUPS)
    for group_id in record.group_ids:
        if group_id in known:
            return known[group_id].id
    for group_id in record.group_ids:
        context.warn(
            PRODUCTS, "unknown_group", onec_id=group_id, line=record.line, product=record.onec_id
        )
    return None


def _slug_of_name(row: Row, row_id: int) -> Values:
    return (make_slug(row.values[0], row_id),)
