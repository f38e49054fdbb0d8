"""Words for what an import counts and does, for the portal's pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

FILE_TYPES: dict[str, Promise] = {
    "all": _("Everything"),
    "groups": _("Groups only"),
    "goods": _("Products only"),
    "offers": _("Offers only"),
    "prices": _("Prices only"),
    "rests": _("Stock only"),
}


def entity(name: str) -> str:
    """Give an entity's word; one that is not known yet speaks for itself."""
    return str(ENTITIES.get(name, name))
