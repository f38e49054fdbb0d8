"""Customers and staff in the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User

if TYPE_CHECKING:
    BaseUserAdmin = DjangoUserAdmin[User]
else:
    BaseUserAdmin = DjangoUserAdmin  # takes no parameter at run time

# Imports write these for whoever is known to 1C (docs/glossary.md, "customer").
ONEC_WINS = (
    "first_name",
    "last_name",
    "customer_type",
    "company_name",
    "legal_name",
    "tax_id",
    "kpp",
    "phone",
    "legal_address",
)
FROM_ONEC = _(
    "Once a customer is known to 1C, names, phone, company, tax numbers and addresses follow 1C "
    "with every import, so they cannot be changed here: change them in 1C, then run an import."
)


class KnownToOnecFilter(admin.SimpleListFilter):
    """Customers that 1C knows, or those of the shop alone."""

    title = _("known to 1C")
    parameter_name = "known"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Give the two choices."""
        return [("1", _("Yes")), ("0", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002
        """Keep the chosen half."""
        if self.value() not in {"0", "1"}:
            return queryset
        return queryset.filter(onec_id__isnull=self.value() == "0")


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    """Django's user admin with the role, the company and what is known from 1C."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Shop"), {"fields": ("role", "email")}),
        (
            _("Customer"),
            {
                "fields": (
                    ("first_name", "last_name"),
                    "customer_type",
                    "company_name",
                    "legal_name",
                    ("tax_id", "kpp"),
                    "phone",
                    "legal_address",
                ),
                "description": FROM_ONEC,
            },
        ),
        (_("1C"), {"fields": ("onec_id", "created_in_1c", "last_sync_at")}),
        (
            _("Permissions"),
            {
                "classes": ("collapse",),
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                ),
            },
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "email",
                    "role",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    list_display = (
        "username",
        "company_name",
        "email",
        "phone",
        "role",
        "customer_type",
        "is_active",
        "is_staff",
    )
    list_filter = ("role", "customer_type", KnownToOnecFilter, "is_staff", "is_active", "groups")
    search_fields = (
        "username",
        "email",
        "first_name",
        "last_name",
        "company_name",
        "phone",
        "=tax_id",
        "=onec_id",
    )
    search_help_text = _("Login, name, company, e-mail or phone; INN or 1C id as a whole.")
    show_full_result_count = False
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Lock what imports write; a customer unknown to 1C is the shop's own to describe."""
        onec = ("onec_id", "created_in_1c", "last_sync_at")
        return onec + ONEC_WINS if obj is not None and obj.onec_id else onec
