"""Words for what an import counts and does, for the portal's pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.products.models import ImportChange
from apps.products.wording import FIELDS

SLUG = "import-1c"

ENTITIES: dict[str, Promise] = {
    "total": _("Total"),
    "groups": _("Groups"),
    "properties": _("Properties"),
    "price_types": _("Price types"),
    "warehouses": _("Warehouses"),
    "units": _("Units"),
    "goods": _("Products"),
    "products": _("Products"),
    "offers": _("Offers"),
    "variants": _("Variants"),
    "prices": _("Prices"),
    "stocks": _("Stock"),
    "images": _("Images"),
    "customers": _("Customers"),
}

OUTCOMES: dict[str, Promise] = {
    "read": _("Read"),
    "created": _("Created"),
    "updated": _("Updated"),
    "unchanged": _("Unchanged"),
    "hidden": _("Hidden"),
    "skipped": _("Skipped"),
    "failed": pgettext_lazy("number of records", "Failed"),
}
# What a full export left out and the import therefore hid, removed or set to zero.
ABSENT = pgettext_lazy("number of records", "Absent")

FILE_TYPES: dict[str, Promise] = {
    "all": _("Everything"),
    "groups": _("Groups only"),
    "goods": _("Products only"),
    "offers": _("Offers only"),
    "prices": _("Prices only"),
    "rests": _("Stock only"),
}

# Columns that only a dry run's list names; the others have their words where issues have them.
_COLUMNS: dict[str, Promise] = {
    "amount": _("amount"),
    "brand_id": _("brand"),
    "category_id": _("category"),
    "characteristics": _("characteristics"),
    "deactivated_by_1c": _("deactivated by 1C"),
    "description": _("description"),
    "is_active": _("visible"),
    "is_default": _("default variant"),
    "parent_id": _("parent"),
    "product_id": _("product"),
    "quantity": _("quantity"),
    "tax_rate": _("tax rate, %"),
    "unit_id": _("unit"),
}


def column(name: str) -> str:
    """Give the word for a column of the shop's tables; a property has its own."""
    if name.startswith(ImportChange.OF_PROPERTY):
        return name.removeprefix(ImportChange.OF_PROPERTY)
    return str(_COLUMNS.get(name) or FIELDS.get(name) or name)


def entity(name: str) -> str:
    """Give an entity's word; one that is not known yet speaks for itself."""
    return str(ENTITIES.get(name, name))
