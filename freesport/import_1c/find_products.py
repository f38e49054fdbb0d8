"""Products, found by themselves or by one of their variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from apps.products.models import Product, ProductVariant, VariantPrice, VariantStock
from ops_portal.finding import Found, LastChange
from ops_portal.preflight import Level
from ops_portal.runs import Fact

from .find_advice import advice_for, state_of
from .find_hits import Hit, Writers, spellings

# Signs from which on the beginning of an article number is enough, where nothing else fits.
BEGINNING = 3


@dataclass
class Facts:
    """What is counted of one product."""

    variants: list[ProductVariant] = field(default_factory=list)
    matched: list[ProductVariant] = field(default_factory=list)
    prices: int = 0
    priced_for_nobody: int = 0
    prices_at: datetime | None = None
    stock: Decimal | None = None
    stock_at: datetime | None = None


def found(asked: str, most: int) -> list[Hit]:
    """Give products that `asked` names, or that have a variant it names."""
    texts = spellings(asked)
    owners = [*texts, *(text.partition("#")[0] for text in texts if "#" in text)]
    variants = list(
        ProductVariant.objects.filter(_named(texts)).order_by("pk").only("product_id")[:most]
    )
    named = _named(texts) | Q(onec_id__in=owners) | Q(pk__in=[v.product_id for v in variants])
    products = _products(named, most)
    if not products and len(asked) >= BEGINNING:
        products = _products(Q(article__startswith=asked), most)
    facts = _facts(products, {variant.pk for variant in variants})
    moments = [
        moment
        for product in products
        for known in [facts[product.pk]]
        for moment in (product.updated_at, known.prices_at, known.stock_at)
    ]
    writers = Writers(moments)
    return [_hit(product, facts[product.pk], writers) for product in products]


def _named(texts: Sequence[str]) -> Q:
    return Q(onec_id__in=texts) | Q(article__in=texts) | Q(barcode__in=texts)


def _products(condition: Q, most: int) -> list[Product]:
    rows = Product.objects.filter(condition).select_related("category", "brand")
    return list(rows.defer("description").order_by("pk")[:most])


def _facts(products: Sequence[Product], matched: set[int]) -> dict[int, Facts]:
    """Count variants, prices and stock of all products, with one query each."""
    facts = {product.pk: Facts() for product in products}
    for variant in ProductVariant.objects.filter(product__in=facts).order_by("pk"):
        known = facts[variant.product_id]
        known.variants.append(variant)
        if variant.pk in matched:
            known.matched.append(variant)
    prices = VariantPrice.objects.filter(variant__product__in=facts).order_by()
    for row in prices.values("variant__product").annotate(
        n=Count("pk"),
        nobody=Count("pk", filter=Q(price_type__customer_role="")),
        at=Max("updated_at"),
    ):
        known = facts[row["variant__product"]]
        known.prices, known.priced_for_nobody = row["n"], row["nobody"]
        known.prices_at = row["at"]
    stocks = VariantStock.objects.filter(variant__product__in=facts).order_by()
    sums = stocks.values("variant__product").annotate(n=Sum("quantity"), at=Max("updated_at"))
    for product, quantity, at in sums.values_list("variant__product", "n", "at"):
        facts[product].stock, facts[product].stock_at = quantity, at
    return facts


def _hit(product: Product, known: Facts, writers: Writers) -> Hit:
    state, level = state_of(product, known.matched)
    counters = writers.counters_of(product.updated_at, "products")
    advice = advice_for(product, known, counters)
    found = Found(
        kind=_("Product"),
        title=product.name,
        state=state,
        level=Level.WARNING if level is Level.OK and not advice.fine else level,
        facts=_shown(product, known),
        changes=_changes(product, known, writers),
        advice=advice.sentences,
        url=reverse("admin:products_product_change", args=[product.pk]),
    )
    ids = {product.onec_id, *(variant.onec_id for variant in known.variants)}
    return Hit(found, frozenset(ids), "products.view_product")


def _shown(product: Product, known: Facts) -> list[Fact]:
    active = sum(variant.is_active and not variant.hidden_by_staff for variant in known.variants)
    facts = [
        Fact(_("1C id"), product.onec_id, code=True),
        Fact(_("Article number"), product.article),
        Fact(_("Barcode"), product.barcode),
        *(Fact(_("Found by its variant"), _variant(variant)) for variant in known.matched[:5]),
        Fact(_("Category"), str(product.category or "")),
        Fact(_("Brand"), str(product.brand or "")),
        Fact(
            _("Variants"),
            _("%(active)s visible of %(all)s") % {"active": active, "all": len(known.variants)},
        ),
        Fact(_("Prices"), known.prices),
        Fact(_("Stock"), _quantity(known.stock)),
    ]
    return [fact for fact in facts if fact.value not in ("", None)]


def _variant(variant: ProductVariant) -> str:
    parts: Mapping[str, Any] = {"name": variant.name or variant.onec_id, "id": variant.onec_id}
    return _("%(name)s (1C id %(id)s)") % parts


def _quantity(value: Decimal | None) -> str:
    return number_format((value or Decimal(0)).normalize(), force_grouping=True)


def _changes(product: Product, known: Facts, writers: Writers) -> list[LastChange]:
    rows = (
        (_("Product last changed"), product.updated_at),
        (_("Prices last changed"), known.prices_at),
        (_("Stock last changed"), known.stock_at),
    )
    return [LastChange(label, at, writers.of(at)) for label, at in rows if at]
