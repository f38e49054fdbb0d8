"""Filters of what a dry run would do."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.products.figures import ENTITIES
from apps.products.models import ImportChange
from ops_portal.filters import OperationFilterSet

from . import words


class ChangeFilterSet(OperationFilterSet):
    """Filters of a dry run's list."""

    q = django_filters.CharFilter(label=_("1C id or name"), method="filter_text", max_length=255)
    entity = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(name, words.ENTITIES[name]) for name in ENTITIES],
        empty_label=_("Any"),
    )
    action = django_filters.ChoiceFilter(
        label=_("What would be done"),
        choices=ImportChange.Action.choices,
        empty_label=_("Any"),
    )

    @classmethod
    def presets(cls) -> list[tuple[Any, dict[str, str]]]:
        """Offer each action."""
        return [(label, {"action": value}) for value, label in ImportChange.Action.choices]

    def filter_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Search ids and names."""
        return rows.filter(Q(onec_id__icontains=value) | Q(name__icontains=value))
