"""Categories: where they stand in the tree, and what the shop calls them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Category
from .base import FROM_ONEC, OnecOwnedAdmin
from .trees import PATH


@admin.register(Category)
class CategoryAdmin(OnecOwnedAdmin[Category]):
    """Sections of the shop; staff own their shown name, address and the hand-hidden flag."""

    staff_fields = ("display_name", "slug", "hidden_by_staff")
    fieldsets = [
        (_("Set by the shop"), {"fields": ["display_name", "slug", "hidden_by_staff"]}),
        (
            _("From 1C"),
            {
                "fields": ["name", "tree_path", "onec_id", "is_active", "products_inside"],
                "description": FROM_ONEC,
            },
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["tree_path", "display_name", "onec_id", "is_active"]
    list_filter = ["is_active", "hidden_by_staff"]
    search_fields = ["name", "display_name"]
    search_help_text = _("Name in 1C or in the shop, or the whole 1C id.")
    ordering = [PATH]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the path with each row; the list is ordered by it and looks like the tree."""
        return super().get_queryset(request).annotate(path=PATH)

    @admin.display(description=_("place in the tree"), ordering=PATH)
    def tree_path(self, category: Any) -> str:
        """Names from the root down to the category."""
        return str(category.path)

    @admin.display(description=_("products"))
    def products_inside(self, category: Category) -> SafeString:
        """Link to the products of the category and of those below it."""
        address = reverse("admin:products_product_changelist")
        return format_html(
            '<a href="{}?branch={}">{}</a>', address, category.pk, _("Show the products")
        )
