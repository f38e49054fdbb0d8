"""Products: found by id, article number, barcode or name among hundreds of thousands."""

from typing import Any

from django.contrib import admin
from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin.readonly import ReadOnlyInline

from ..models import Product, ProductVariant, VariantStock
from .base import FROM_ONEC, OnecOwnedAdmin
from .images import ImageInline
from .links import ProductPropertyInline
from .trees import BranchFilter

QUANTITY: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=3)


def with_total(variants: QuerySet[ProductVariant]) -> QuerySet[Any]:
    """Annotate variants with `total`: their stock summed over all warehouses, 0 without any."""
    of_variant = VariantStock.objects.filter(variant=OuterRef("pk")).order_by()
    total = of_variant.values("variant").annotate(total=Sum("quantity")).values("total")
    return variants.annotate(
        total=Coalesce(Subquery(total), Value(0), output_field=QUANTITY),
    )


class VariantInline(ReadOnlyInline[ProductVariant, Product]):
    """What of the product can be bought; each leads to its own page with prices and stock."""

    model = ProductVariant
    fields = ["page", "article", "barcode", "is_active", "stock"]
    readonly_fields = ["page", "stock"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Sum the stock in the same query."""
        return with_total(super().get_queryset(request))

    @admin.display(description=_("variant"))
    def page(self, variant: ProductVariant) -> SafeString:
        """Link to the variant's own page."""
        address = reverse("admin:products_productvariant_change", args=[variant.pk])
        return format_html('<a href="{}">{}</a>', address, variant)

    @admin.display(description=_("in stock"))
    def stock(self, variant: Any) -> Any:
        """Sum over all warehouses."""
        return variant.total


@admin.register(Product)
class ProductAdmin(OnecOwnedAdmin[Product]):
    """What customers look at; staff own the address and the hand-hidden flag."""

    staff_fields = ("slug", "hidden_by_staff")
    identifiers = ("onec_id", "article", "barcode")
    fieldsets = [
        (_("Set by the shop"), {"fields": ["slug", "hidden_by_staff"]}),
        (
            _("From 1C"),
            {
                "fields": [
                    "name",
                    "onec_id",
                    ("article", "barcode"),
                    ("category", "brand"),
                    "is_active",
                    "description",
                    ("unit", "tax_rate"),
                    ("country", "manufacturer"),
                ],
                "description": FROM_ONEC,
            },
        ),
        (_("Record"), {"fields": [("created_at", "updated_at")]}),
    ]
    list_display = [
        "name",
        "article",
        "barcode",
        "category",
        "brand",
        "is_active",
    ]
    list_select_related = ["category", "brand"]
    list_filter = ["is_active", "hidden_by_staff", BranchFilter]
    search_fields = ["name", "article"]
    search_help_text = _("1C id, article number or barcode as a whole; else words of the name.")
    ordering = ["-pk"]
    inlines = [VariantInline, ProductPropertyInline, ImageInline]

    def identified_by(self, term: str) -> Q:
        """Look at the identifiers of the variants too: a barcode is usually theirs.

        Their products are fetched first: one OR across both tables could use no index.
        """
        variants = ProductVariant.objects.filter(
            Q(onec_id=term) | Q(article=term) | Q(barcode=term)
        )
        of_variants = list(variants.values_list("product", flat=True)[: self.list_max_show_all])
        return super().identified_by(term) | Q(pk__in=of_variants)
