"""Why a product is missing in the shop, and what to do about it: one sentence per situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.products.models import Product, ProductVariant
from ops_portal.preflight import Level

if TYPE_CHECKING:
    from .find_products import Facts


@dataclass(frozen=True)
class Advice:
    """Sentences; `fine` when none of them asks for anything."""

    sentences: Sequence[str]
    fine: bool


def state_of(product: Product, matched: Sequence[ProductVariant]) -> tuple[str, Level]:
    """Give a few words for how a product, or the variant it was found by, is now."""
    if product.hidden_by_staff:
        return _("Hidden by staff"), Level.BLOCK
    if not product.is_active:
        return _("Hidden by an import"), Level.BLOCK
    if matched and all(variant.hidden_by_staff for variant in matched):
        return _("Visible, but this variant is hidden by staff"), Level.WARNING
    if matched and not any(variant.is_active for variant in matched):
        return _("Visible, but this variant is hidden by an import"), Level.WARNING
    return _("Active"), Level.OK


def advice_for(product: Product, known: Facts, counters: Mapping[str, int]) -> Advice:
    """Say what keeps a product from customers; `counters` are of the session that wrote it last."""
    sentences = list(_obstacles(product, known, counters))
    if sentences:
        return Advice(sentences, fine=False)
    return Advice([_("Active and visible, with price and stock: nothing needs to be done.")], True)


def _obstacles(product: Product, known: Facts, counters: Mapping[str, int]) -> Iterator[str]:
    if product.hidden_by_staff:
        yield _(
            "Staff have hidden it, and no import changes that. To show it, take away the mark "
            "“hidden by staff” in the admin; nothing needs to be done in 1C."
        )
    if not product.is_active:
        yield hidden_because(counters)
    category = product.category
    if category is None:
        yield _("It stands outside all categories. Put it into a group in 1C that is exported.")
    elif category.hidden_by_staff or not category.is_active:
        yield _(
            "Its category “%(name)s” is hidden. Restore the group in 1C, or show the category in "
            "the admin if staff have hidden it."
        ) % {"name": category}
    yield from _variants(known)
    yield from _trade(known)


def hidden_because(counters: Mapping[str, int]) -> str:
    """Say why an import hid a record, as far as its session's counters tell two causes apart."""
    deleted, absent = counters.get("hidden", 0), counters.get("absent", 0)
    if deleted and not absent:
        return _(
            "It was hidden because 1C marks it for deletion. Take away the mark in 1C, then export "
            "and import it again."
        )
    if absent and not deleted:
        return _(
            "It was hidden because a full export left it out. Include it in the exchange with the "
            "site in 1C, then export and import again."
        )
    return _(
        "It was hidden because 1C marks it for deletion or a full export left it out. Look in 1C "
        "for the mark, and whether the record is part of the exchange; then export again."
    )


def _variants(known: Facts) -> Iterator[str]:
    if not known.variants:
        yield _("It has no variant, so nobody can buy it. Import the products again.")
    elif not any(variant.is_active for variant in known.variants):
        yield _(
            "All its variants are hidden. Look in 1C whether its offers (characteristics) are "
            "marked for deletion or missing in the export."
        )
    hidden = [variant for variant in known.matched if not variant.is_active]
    if hidden and any(variant.is_active for variant in known.variants):
        yield _(
            "The variant %(id)s was hidden by an import. Look in 1C whether the offer is marked "
            "for deletion or missing in the export."
        ) % {"id": hidden[0].onec_id}
    by_staff = [variant for variant in known.matched if variant.hidden_by_staff]
    if by_staff:
        yield _("Staff have hidden the variant %(id)s. Show it in the admin if it is wanted.") % {
            "id": by_staff[0].onec_id
        }


def _trade(known: Facts) -> Iterator[str]:
    if not known.prices:
        yield _("It has no price. Set one in 1C and export the prices.")
    elif known.prices == known.priced_for_nobody:
        yield _(
            "Its prices are of types that no customers are assigned to. Choose the customer role "
            "of the price type in the admin."
        )
    if known.stock is None or known.stock <= 0:
        yield _("It has no stock. Check the stock in 1C and export it.")
