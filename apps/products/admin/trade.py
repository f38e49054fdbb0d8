"""Price types, warehouses and units: short lists that prices and stock refer to."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import PriceType, Unit, Warehouse
from .base import FROM_ONEC, OnecOwnedAdmin


@admin.register(PriceType)
class PriceTypeAdmin(OnecOwnedAdmin[PriceType]):
    """Kinds of prices; staff decide whom each is for."""

    staff_fields = ("customer_role",)
    fieldsets = [
        (_("Set by the shop"), {"fields": ["customer_role"]}),
        (
            _("From 1C"),
            {"fields": ["name", "currency", "onec_id", "is_active"], "description": FROM_ONEC},
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["name", "currency", "customer_role", "onec_id", "is_active"]
    list_editable = ["customer_role"]
    list_filter = ["is_active", "customer_role"]
    search_fields = ["name"]
    search_help_text = _("Name, or the whole 1C id.")
    ordering = ["name"]


@admin.register(Warehouse)
class WarehouseAdmin(OnecOwnedAdmin[Warehouse]):
    """Places where stock lies."""

    fieldsets = [
        (
            _("From 1C"),
            {"fields": ["name", "onec_id", "is_active", "is_default"], "description": FROM_ONEC},
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["name", "onec_id", "is_active", "is_default"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    search_help_text = _("Name, or the whole 1C id.")
    ordering = ["name"]


@admin.register(Unit)
class UnitAdmin(OnecOwnedAdmin[Unit]):
    """Units of measure, by the national classifier."""

    fieldsets = [
        (
            _("From 1C"),
            {"fields": ["name", "full_name", "onec_id", "is_active"], "description": FROM_ONEC},
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["name", "full_name", "onec_id", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "full_name"]
    search_help_text = _("Name, or the code.")
    ordering = ["name"]
