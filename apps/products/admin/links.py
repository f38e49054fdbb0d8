"""Property values on the page of their product or variant."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.common.admin.readonly import ReadOnlyInline
from apps.common.admin.typed import ModelT, ParentT

from ..models import Product, ProductProperty, ProductVariant, VariantProperty


class _LinkInline(ReadOnlyInline[ModelT, ParentT]):
    """One line for each value."""

    fields = ["property", "said"]
    readonly_fields = ["said"]
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch properties and dictionary entries with the rows."""
        return super().get_queryset(request).select_related("property", "value")

    @admin.display(description=_("value"))
    def said(self, link: Any) -> str:
        """Give the dictionary's entry, else the text."""
        return str(link.value or link.text)


class ProductPropertyInline(_LinkInline[ProductProperty, Product]):
    """Property values of the product."""

    model = ProductProperty


class VariantPropertyInline(_LinkInline[VariantProperty, ProductVariant]):
    """Property values of the variant."""

    model = VariantProperty
