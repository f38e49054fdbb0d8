"""Variants: offers of 1C, and default variants of products that have none."""

import json
from collections.abc import Mapping, Sequence

from apps.common.commerceml import OfferRecord, ProductRecord, Record, split_id

from ..context import Context
from ..counters import CHANGES, Outcome
from ..entities import PRODUCTS, VARIANTS, Key
from ..merge import Row, fingerprint, merge
from ..rows import State
from ..writer_connection import whole_tables
from .checks import fit, has_id
from .link_steps import Links
from .links import links_of, save_links

# Fingerprint of a variant that is known from the goods alone; its offer will write it again.
PROVISIONAL = 0


def import_offers(context: Context, records: Sequence[Record]) -> None:
    """Bring in those offers that declare a variant."""
    offers = [
        record
        for record in records
        if isinstance(record, OfferRecord)
        and (record.declares or record.deleted)
        and has_id(context, VARIANTS, record)
    ]
    products = context.store.fetch(PRODUCTS, [split_id(o.onec_id)[0] for o in offers])
    known = context.store.fetch(VARIANTS, [offer.onec_id for offer in offers])
    defaults = {key for key, state in known.items() if is_default(state)}
    provisional = {key for key, state in known.items() if state.fingerprint == PROVISIONAL}
    kept = []
    for offer in offers:
        product = products.get(split_id(offer.onec_id)[0])
        if product is None:
            skip_orphan(context, offer)
        elif offer.deleted and offer.onec_id in defaults:
            _skip_deleted(context, offer)  # the default variant is ours, not the deleted offer
        else:
            kept.append((offer, product.id))
    links = links_of(context, VARIANTS, [offer for offer, _product_id in kept])
    rows = [_row(context, *owned, its) for owned, its in zip(kept, links, strict=True)]
    merged = merge(context.store, VARIANTS, rows, known=known)
    save_links(context, VARIANTS, rows, links, merged)
    _count(context, rows, merged.outcomes, defaults | provisional)


def is_default(state: State) -> bool:
    """Whether a variant stands in for a product without offers."""
    return bool(state.extra[VARIANTS.extra.index("is_default")])


def skip_orphan(context: Context, offer: OfferRecord) -> None:
    """Skip an offer of a product that the shop does not have."""
    product_id = split_id(offer.onec_id)[0]
    if offer.deleted or context.was_deleted_unseen(PRODUCTS, product_id):
        _skip_deleted(context, offer)
        return
    context.skip(
        VARIANTS, "unknown_product", onec_id=offer.onec_id, line=offer.line, product=product_id
    )


def _skip_deleted(context: Context, offer: OfferRecord) -> None:
    context.note_deleted_unseen(VARIANTS, offer.onec_id)
    context.counters.add(VARIANTS.name, Outcome.SKIPPED)


def import_goods_variants(
    context: Context, goods: Sequence[ProductRecord], products: Mapping[Key, State]
) -> set[str]:
    """Bring in variants that stand among the goods; give the 1C ids of those that changed.

    Offers know better: where the run holds offers, a variant that exists is left to them.
    """
    if not goods:
        return set()
    known = context.store.fetch(VARIANTS, [record.onec_id for record in goods])
    kept = []
    for record in goods:
        product = products.get(split_id(record.onec_id)[0])
        state = known.get(record.onec_id)
        left_to_offers = context.has_offers and state and state.fingerprint != PROVISIONAL
        if product is None:
            context.note_deleted_unseen(VARIANTS, record.onec_id)
        elif record.deleted or not left_to_offers:
            kept.append((record, product.id))
    links = links_of(context, VARIANTS, [record for record, _product_id in kept])
    rows = [_goods_row(context, *owned, its) for owned, its in zip(kept, links, strict=True)]
    merged = merge(context.store, VARIANTS, rows, known=known)
    save_links(context, VARIANTS, rows, links, merged)
    return {
        str(row.key)
        for row, outcome in zip(rows, merged.outcomes, strict=True)
        if outcome in CHANGES
    }


def _goods_row(context: Context, record: ProductRecord, product_id: int, links: Links) -> Row:
    row = _row(context, record, product_id, links)
    if context.has_offers:
        row.fingerprint = PROVISIONAL
    return row


def _row(
    context: Context, offer: OfferRecord | ProductRecord, product_id: int, links: Links
) -> Row:
    if offer.deleted:
        return Row(offer.onec_id, (), 0, deleted=True)
    values = (
        product_id,
        fit(context, VARIANTS, offer, "name", offer.name),
        fit(context, VARIANTS, offer, "article", offer.article),
        fit(context, VARIANTS, offer, "barcode", offer.barcode),
        json.dumps({name: value for name, value in offer.characteristics if value}),
        False,  # declared by 1C: not a default variant
    )
    return Row(offer.onec_id, values, fingerprint(*values, links))


def _count(
    context: Context, rows: Sequence[Row], outcomes: Sequence[Outcome], stand_ins: set[Key]
) -> None:
    """Count offers. One that takes over a stand-in is new: stand-ins count nowhere."""
    for row, outcome in zip(rows, outcomes, strict=True):
        if row.key in stand_ins and outcome is Outcome.UPDATED:
            stand_ins.discard(row.key)
            context.counters.add(VARIANTS.name, Outcome.CREATED)
            continue
        if outcome is Outcome.SKIPPED:
            context.note_deleted_unseen(VARIANTS, str(row.key))
        context.counters.add(VARIANTS.name, outcome)


def complete_variants(context: Context) -> None:
    """Give each product without variants a default one, and show exactly the lonely defaults.

    A default variant is visible while its product has no other visible variant. Only rows that
    differ are touched, so an unchanged catalogue is not written.
    """
    with whole_tables():
        context.store.complete_variants(PRODUCTS, VARIANTS)
