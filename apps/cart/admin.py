"""Carts in the admin: to look into, and to help a customer on the phone."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.common.admin.typed import TypedAdmin, TypedInline

from .models import Cart, CartItem


class CartItemInline(TypedInline[CartItem, Cart]):
    """What lies in a cart: staff put quantities right and take items out, on a customer's call."""

    model = CartItem
    extra = 0
    fields = ["variant", "quantity"]
    readonly_fields = ["variant"]

    def has_add_permission(self, request: HttpRequest, obj: Cart | None = None) -> bool:  # noqa: ARG002
        """Customers put things into their carts themselves."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartItem]:
        """Fetch the variants with the rows: their names stand in each."""
        return super().get_queryset(request).select_related("variant__product")


@admin.register(Cart)
class CartAdmin(TypedAdmin[Cart]):
    """One cart with its items."""

    list_display = ["id", "user", "visitor", "items_in_cart", "updated_at", "created_at"]
    list_select_related = ["user"]
    list_filter = ["updated_at"]
    search_fields = ["=id", "user__username", "user__email", "=session_key"]
    search_help_text = _("Number of the cart, customer's login or e-mail, browser session.")
    autocomplete_fields = ["user"]
    readonly_fields = ["session_key", "created_at", "updated_at"]
    ordering = ["-updated_at"]
    show_full_result_count = False
    inlines = [CartItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        """Count the items in the same query."""
        return super().get_queryset(request).annotate(item_count=Count("items"))

    @admin.display(description=_("items"), ordering="item_count")
    def items_in_cart(self, cart: Any) -> int:
        """How many different variants lie in the cart."""
        return int(cart.item_count)

    @admin.display(description=_("visitor"), boolean=True)
    def visitor(self, cart: Cart) -> bool:
        """Whether the cart belongs to a visitor without an account."""
        return cart.user_id is None
