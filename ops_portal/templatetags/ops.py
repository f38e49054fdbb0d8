"""Addresses, icons, times and durations for the portal's templates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..listing import Listing
from ..operations import MOUNTED, Operation
from ..runs import Amount, Code
from ..tables import OperationTable

register = template.Library()


@register.simple_tag(takes_context=True)
def ops_url(context: Mapping[str, Any], name: str, *args: object) -> str:
    """Give the address of a page of the operation in the context."""
    operation: Operation = context["operation"]
    return operation.url(name, *args)


@register.simple_tag
def operation_url(operation: Operation, name: str) -> str:
    """Give the address of a page of any operation."""
    return operation.url(name)


@register.simple_tag(takes_context=True)
def mounted_operations(context: Mapping[str, Any]) -> list[Operation]:
    """Give the operations that the visitor may see; none when the portal is switched off."""
    request = context.get("request")
    if request is None:
        return []
    return [entry for entry in MOUNTED.values() if entry.may(request.user, "view", "run")]


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is hidden from screen readers."""
    sprite = static("ops_portal/icons.svg")
    if not label:
        return format_html(
            '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
        label,
        sprite,
        name,
    )


@register.filter
def clock(value: datetime | None) -> str:
    """Give the local date and time to the second, in the reader's language."""
    if value is None:
        return ""
    # Translators: a Django date format: day, short month, year, time.
    return date_format(timezone.localtime(value), pgettext("date format", "j M Y, H:i:s"))


@register.simple_tag
def moment(value: datetime | None, *, short: bool = False) -> SafeString:
    """Show a local time with its zone, and beside it how long ago that was.

    `short` leaves seconds and zone to the tooltip: for tables, whose heads name the zone.
    """
    if value is None:
        return format_html('<span class="quiet">{}</span>', "—")
    local = timezone.localtime(value)
    full = f"{clock(value)} {local:%Z}"
    # Translators: a Django date format for tables: day, short month, year, time.
    brief = date_format(local, pgettext("date format", "j M Y, H:i"))
    return format_html(
        '<time datetime="{}" title="{}">{}</time> <span class="relative">{}</span>',
        local.isoformat(timespec="seconds"),
        full,
        brief if short else full,
        naturaltime(value),
    )


@register.filter
def duration(value: timedelta | None) -> str:
    """Say how long something took, in the two largest units."""
    if value is None:
        return "—"
    seconds = value.total_seconds()
    if seconds < 10:
        return _("%(s)s s") % {"s": number_format(seconds, 1)}
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes}
    if minutes:
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}
    return _("%(s)s s") % {"s": rest}


@register.filter
def number(value: float | None) -> str:
    """Write a number with the language's grouping; a dash for none."""
    if value is None:
        return "—"
    return number_format(value, 0, use_l10n=True, force_grouping=True)


@register.filter
def is_number(value: object) -> bool:
    """Whether a cell is a number, to be written as the language has it."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@register.filter
def is_amount(value: object) -> bool:
    """Whether a cell is a quantity with its unit."""
    return isinstance(value, Amount)


@register.filter
def is_code(value: object) -> bool:
    """Whether a cell is set in a typewriter face."""
    return isinstance(value, Code)


@register.filter
def unlocalized(value: object) -> str:
    """Write a number for a machine: attributes and addresses."""
    return str(value)


@register.simple_tag(takes_context=True)
def state_query(context: Mapping[str, Any], **changes: object) -> str:
    """Give the address's query with some values changed, or dropped where they are empty."""
    changed: Listing | None = context.get("listing")
    given = {name: str(value) for name, value in changes.items()}
    return changed.query_with(**given) if changed else ""


@register.simple_tag
def live_row(table: OperationTable, record: Any) -> str:
    """Give the column that polls for a live row's cells; empty for other rows."""
    shown = {column.name for column in table.columns}
    polling = next((name for name in table.live if name in shown), "")
    return polling if polling and table.is_live(record) else ""
