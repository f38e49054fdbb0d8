"""The periods that the dashboard can look back on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Period:
    """A stretch of time that ends now. `key` names it in addresses: it never changes."""

    key: str
    title: str | Promise
    length: timedelta


PERIODS = (
    Period("24h", _("Last 24 hours"), timedelta(hours=24)),
    Period("7d", _("Last 7 days"), timedelta(days=7)),
    Period("30d", _("Last 30 days"), timedelta(days=30)),
    Period("90d", _("Last 90 days"), timedelta(days=90)),
)
DEFAULT = PERIODS[1]


def period_named(key: str) -> Period | None:
    """Give the period with this key, None when there is none."""
    return next((period for period in PERIODS if period.key == key), None)


@dataclass(frozen=True)
class Span:
    """From `start` up to, but not including, `end`; both know their zone."""

    start: datetime
    end: datetime

    @classmethod
    def until_now(cls, length: timedelta) -> "Span":
        """Give the span of this length that ends with the present second.

        Whole seconds can be written in an address, so that a list shows what was counted.
        """
        end = timezone.now().replace(microsecond=0) + timedelta(seconds=1)
        return cls(end - length, end)

    def last(self, length: timedelta) -> "Span":
        """Give the end of this span, all of it when it is no longer than `length`."""
        return Span(max(self.start, self.end - length), self.end)
