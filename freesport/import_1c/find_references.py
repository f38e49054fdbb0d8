"""Groups, price types, warehouses and properties, found by their 1C id."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.products.models import Category, PriceType, Property, Warehouse
from ops_portal.finding import Found, LastChange
from ops_portal.preflight import Level
from ops_portal.runs import Fact

from .find_advice import hidden_because
from .find_hits import Hit, Writers, spellings

_ENTITIES: dict[type[Model], str] = {
    Category: "groups",
    PriceType: "price_types",
    Warehouse: "warehouses",
    Property: "properties",
}


def found(asked: str) -> list[Hit]:
    """Give what `asked` is the id of."""
    texts = spellings(asked)
    rows: list[Any] = [
        row
        for model in _ENTITIES
        for row in model._default_manager.filter(onec_id__in=texts)  # noqa: SLF001  (Django's documented API)
    ]
    if not rows:
        return []
    writers = Writers([row.updated_at for row in rows])
    return [_hit(row, writers) for row in rows]


def _hit(row: Any, writers: Writers) -> Hit:
    options = row._meta  # noqa: SLF001  (Django's documented API)
    at: datetime = row.updated_at
    state, level, advice = _judged(row, writers.counters_of(at, _ENTITIES[type(row)]))
    return Hit(
        Found(
            kind=options.verbose_name.capitalize(),
            title=str(row),
            state=state,
            level=level,
            facts=[Fact(_("1C id"), row.onec_id, code=True)],
            changes=[LastChange(_("Last changed"), at, writers.of(at))],
            advice=[advice],
            url=reverse(f"admin:products_{options.model_name}_change", args=[row.pk]),
        ),
        frozenset({row.onec_id}),
        f"products.view_{options.model_name}",
    )


def _judged(row: Any, counters: dict[str, int]) -> tuple[str, Level, str]:
    if getattr(row, "hidden_by_staff", False):
        advice = _("Staff have hidden it. Show it in the admin if it is wanted.")
        return _("Hidden by staff"), Level.BLOCK, advice
    if not row.is_active:
        return _("Hidden by an import"), Level.BLOCK, hidden_because(counters)
    return _("Active"), Level.OK, _("Active: nothing needs to be done.")
