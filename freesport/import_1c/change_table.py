"""What a dry run would do as a table: one row per record, each changed field from what to what."""

from collections.abc import Iterator
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.products.models import ImportChange
from ops_portal.tables import OperationTable

from . import words
from .change_names import Names
from .dry_runs import CUSTOMERS

# Signs of a value that a page shows; files have all of it.
SHOWN = 160
# Signs before the first difference of two long texts.
LED_IN = 20
ICONS = {"create": "plus", "update": "repeat", "hide": "ban", "remove": "cross"}

# One field of a row: its word, what it is, what it would be.
Step = tuple[str, str, str]


class ChangeTable(OperationTable):
    """One row per record that would be created, changed, hidden or removed."""

    row_header = "onec_id"
    caption = gettext_lazy("List of changes")

    action = tables.Column(gettext_lazy("What would be done"))
    entity = tables.Column(gettext_lazy("Kind"))
    onec_id = tables.Column(gettext_lazy("1C id"))
    name = tables.Column(gettext_lazy("Name"))
    steps = tables.Column(
        gettext_lazy("From → to"), accessor="fields", orderable=False, empty_values=()
    )

    class Meta(OperationTable.Meta):
        order_by = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = Names()

    def render_action(self, record: ImportChange) -> SafeString:
        """Show icon and word."""
        context = {
            "action": record.action,
            "icon_name": ICONS.get(record.action, "info"),
            "label": record.get_action_display(),
        }
        return render_to_string("ops/_action.html", context)

    def render_entity(self, value: str) -> str:
        """Give the entity's word."""
        return words.entity(value)

    def value_entity(self, record: ImportChange) -> str:
        """Give the entity's word."""
        return words.entity(record.entity)

    def render_onec_id(self, value: str) -> SafeString:
        """Set the id in a typewriter face; it may break anywhere."""
        return format_html('<code class="id">{}</code>', value)

    def render_steps(self, record: ImportChange) -> SafeString | str:
        """Show each field from what to what, long texts cut."""
        if not record.fields:
            return "—"
        steps = [
            (field, old or _("empty"), new or _("empty"))
            for field, *texts in self._steps(record)
            for old, new in [_cut(*texts)]
        ]
        return render_to_string("ops/_steps.html", {"steps": steps, "withheld": _withheld(record)})

    def value_steps(self, record: ImportChange) -> str:
        """Give all fields in one text."""
        if _withheld(record):
            return "; ".join(field for field, _old, _new in self._steps(record))
        return "; ".join(f"{field}: {old} → {new}" for field, old, new in self._steps(record))

    def _steps(self, record: ImportChange) -> Iterator[Step]:
        for column, (old, new) in record.fields.items():
            yield (
                words.column(column),
                self._names.of(record.session_id, column, old),
                self._names.of(record.session_id, column, new),
            )


def _withheld(record: ImportChange) -> bool:
    """Whether the reader may not see this customer's data."""
    return record.entity == CUSTOMERS and bool(getattr(record, "withheld", True))


def _cut(old: str, new: str) -> tuple[str, str]:
    """Cut both texts to what a page shows; long ones begin shortly before they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    alike = next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))
    start = max(0, alike - LED_IN) if max(len(old), len(new)) > SHOWN else 0
    start = old.rfind(" ", 0, start) + 1  # with a whole word
    return _piece(old, start), _piece(new, start)


def _piece(text: str, start: int) -> str:
    shown = Truncator(text[start:]).chars(SHOWN)
    return f"…{shown}" if start else shown
