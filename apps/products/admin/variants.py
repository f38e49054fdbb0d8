"""Variants of products, with their prices and their stock."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from apps.common.admin.readonly import ReadOnlyInline

from ..models import ProductVariant, VariantPrice, VariantStock
from .base import FROM_ONEC, OnecOwnedAdmin
from .links import VariantPropertyInline
from .products import with_total

LINE_BREAK = mark_safe("<br>")


class PriceInline(ReadOnlyInline[VariantPrice, ProductVariant]):
    """Prices of the variant, by price type."""

    model = VariantPrice
    fields = ["price_type", "amount", "currency", "updated_at"]
    readonly_fields = ["updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VariantPrice]:
        """Fetch the price types with the rows."""
        return super().get_queryset(request).select_related("price_type").order_by("price_type")


class StockInline(ReadOnlyInline[VariantStock, ProductVariant]):
    """Stock of the variant, by warehouse."""

    model = VariantStock
    fields = ["warehouse", "quantity", "updated_at"]
    readonly_fields = ["updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VariantStock]:
        """Fetch the warehouses with the rows."""
        return super().get_queryset(request).select_related("warehouse").order_by("warehouse")


@admin.register(ProductVariant)
class ProductVariantAdmin(OnecOwnedAdmin[ProductVariant]):
    """What has a price and a stock; staff own the hand-hidden flag."""

    staff_fields = ("hidden_by_staff",)
    identifiers = ("onec_id", "article", "barcode")
    fieldsets = [
        (_("Set by the shop"), {"fields": ["hidden_by_staff"]}),
        (
            _("From 1C"),
            {
                "fields": [
                    "product",
                    "name",
                    "onec_id",
                    ("article", "barcode"),
                    "is_active",
                    "is_default",
                    "named_characteristics",
                    "stock",
                ],
                "description": FROM_ONEC,
            },
        ),
        (_("Record"), {"fields": [("created_at", "updated_at")]}),
    ]
    list_display = ["__str__", "product", "article", "barcode", "is_active", "stock"]
    list_select_related = ["product"]
    list_filter = ["is_active", "hidden_by_staff", "is_default"]
    search_fields = ["name", "article"]
    search_help_text = _("1C id, article number or barcode as a whole; else words of the name.")
    ordering = ["-pk"]
    inlines = [PriceInline, StockInline, VariantPropertyInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Sum the stock in the same query."""
        return with_total(super().get_queryset(request))

    @admin.display(description=_("in stock"))
    def stock(self, variant: Any) -> Any:
        """Sum over all warehouses."""
        return variant.total

    @admin.display(description=_("characteristics"))
    def named_characteristics(self, variant: ProductVariant) -> SafeString | str:
        """Names and values, one a line."""
        rows = variant.characteristics.items()
        return format_html_join(LINE_BREAK, "{}: {}", rows) or "–"
