"""Names for the numbers in a dry run's list, which keeps the shop's own ids of what it names."""

from itertools import chain

from django.db.models import Model
from django.utils.translation import gettext as _

from apps.products.models import Brand, Category, ImportChange, Product, Unit

_MODELS: dict[str, type[Model]] = {
    "brand_id": Brand,
    "category_id": Category,
    "parent_id": Category,
    "product_id": Product,
    "unit_id": Unit,
}
_YES_NO = frozenset({"is_active", "is_default", "deactivated_by_1c"})


class Names:
    """Looks up the names of all that a session's list refers to, each column once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], dict[str, str]] = {}

    def of(self, session_id: int, column: str, value: str) -> str:
        """Give the name that stands behind a value; other values speak for themselves."""
        if column in _YES_NO:
            return {"True": _("yes"), "False": _("no")}.get(value, value)
        if column not in _MODELS or not value:
            return value
        if value.startswith("-"):
            return _("new in this run")  # a dry run numbers what it would make from -1 downwards
        key = (session_id, column)
        if key not in self._known:
            self._known[key] = _names(session_id, column)
        return self._known[key].get(value, f"#{value}")


def _names(session_id: int, column: str) -> dict[str, str]:
    pairs = ImportChange.objects.filter(session_id=session_id, fields__has_key=column)
    values = set(chain.from_iterable(pairs.values_list(f"fields__{column}", flat=True)))
    ids = [int(value) for value in values if value.isdecimal()]
    rows = _MODELS[column]._default_manager.in_bulk(ids)  # noqa: SLF001  (Django's documented API)
    return {str(pk): str(row) for pk, row in rows.items()}
