"""Properties of goods. Their dictionaries have a list of their own: some hold 10,000 values."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Property, PropertyValue
from .base import FROM_ONEC, OnecOwnedAdmin


@admin.register(Property)
class PropertyAdmin(OnecOwnedAdmin[Property]):
    """Properties, each with a link to its values."""

    fieldsets = [
        (
            _("From 1C"),
            {
                "fields": ["name", "value_type", "onec_id", "is_active", "values_link"],
                "description": FROM_ONEC,
            },
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["name", "value_type", "onec_id", "is_active", "values_link"]
    list_filter = ["is_active", "value_type"]
    search_fields = ["name"]
    search_help_text = _("Name, or the whole 1C id.")
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Property]:
        """Count the values in the same query."""
        return super().get_queryset(request).annotate(value_count=Count("values"))

    @admin.display(description=_("values"), ordering="value_count")
    def values_link(self, row: Any) -> SafeString:
        """Number of values, leading to their list."""
        address = reverse("admin:products_propertyvalue_changelist")
        return format_html('<a href="{}?property={}">{}</a>', address, row.pk, row.value_count)


class OnePropertyFilter(admin.SimpleListFilter):
    """Says which property the list is narrowed to; the choice is made on the list of properties."""

    title = _("property")
    parameter_name = "property"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Give the chosen property alone: there may be hundreds."""
        return [(str(pk), name) for pk, name in self.chosen().values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Keep the values of the chosen property."""
        if self.value() is None:
            return queryset
        return queryset.filter(property__in=self.chosen())

    def has_output(self) -> bool:
        """Take part whenever the address names a property, be it one that is gone."""
        return self.value() is not None

    def chosen(self) -> QuerySet[Property]:
        """Give the property in the address; nothing when there is no such one."""
        value = self.value() or ""
        if not (value.isascii() and value.isdigit()):
            return Property.objects.none()
        return Property.objects.filter(pk=value)


@admin.register(PropertyValue)
class PropertyValueAdmin(OnecOwnedAdmin[PropertyValue]):
    """Entries of all dictionaries."""

    fieldsets = [
        (
            _("From 1C"),
            {"fields": ["property", "value", "onec_id"], "description": FROM_ONEC},
        ),
        (_("Record"), {"fields": ["created_at", "updated_at"]}),
    ]
    list_display = ["value", "property", "onec_id"]
    list_select_related = ["property"]
    list_filter = [OnePropertyFilter]
    search_fields = ["value"]
    search_help_text = _("Words of the value, or the whole 1C id.")
    ordering = ["property", "pk"]
