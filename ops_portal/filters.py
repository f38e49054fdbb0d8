"""Filters that refuse what they do not understand, instead of ignoring it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from .kinds import Kinds

YES = frozenset({"true", "1", "yes", "on"})
NO = frozenset({"false", "0", "no", "off"})


class YesNoField(forms.ChoiceField):
    """True, False, or None when not asked; anything else is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["choices"] = [("", _("Any")), ("true", _("Yes")), ("false", _("No"))]
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> bool | None:
        """Read the usual spellings of yes and no."""
        word = str(value or "").strip().lower()
        if word in YES or word in NO:
            return word in YES
        if word:
            raise ValidationError(_("“%(value)s” is neither yes nor no."), params={"value": value})
        return None


class YesNoFilter(django_filters.Filter):  # type: ignore[misc]  # publishes no types
    """A boolean column, or whatever `method` makes of yes and no."""

    field_class = YesNoField


class MomentField(forms.CharField):
    """A local date, or a date and time in ISO 8601; a date is a whole day.

    `end`: a date stands for the end of its day, so that "before" includes the day named.
    """

    def __init__(self, *args: Any, end: bool = False, **kwargs: Any) -> None:
        self.end = end
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}))
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """Read a moment; local time where the value names no zone."""
        text = super().clean(value)
        return self._moment(text) if text else None

    def _moment(self, text: str) -> datetime:
        # A "+" of a zone arrives as a space when the address was not encoded.
        try:
            day = parse_date(text)
            if day is not None:
                day += timedelta(days=1 if self.end else 0)
            moment = datetime.combine(day, time.min) if day else parse_datetime(text)
            if moment is not None:
                return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        except (ValueError, OverflowError):
            pass  # looks like a date but names no such day: the same error
        raise ValidationError(
            _("“%(value)s” is not a date. Write it as 2026-01-31."), params={"value": text}
        )


class AfterFilter(django_filters.Filter):  # type: ignore[misc]
    """From a moment on."""

    field_class = MomentField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, lookup_expr="gte", **kwargs)


class BeforeFilter(django_filters.Filter):  # type: ignore[misc]
    """Up to a moment; a date includes its day."""

    field_class = MomentField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, lookup_expr="lt", end=True, **kwargs)


class OperationFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Base of the portal's filter sets."""

    @classmethod
    def presets(cls) -> list[tuple[Any, dict[str, str]]]:
        """Give shortcuts: a label and the parameters it sets."""
        return []

    def given(self) -> dict[str, Any]:
        """Give the values of the filters that narrow the rows, by name."""
        chosen = self.form.cleaned_data
        return {name: value for name, value in chosen.items() if value not in (None, "", [])}

    def without(self, *names: str) -> QuerySet[Any]:
        """Give the rows that all filters but `names` leave."""
        rows: QuerySet[Any] = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name not in names:
                rows = self.filters[name].filter(rows, value)
        return rows

    def kinds(self) -> Kinds | None:
        """Give the kinds of rows that are asked for, when nothing else is (`pages.Known`)."""
        return None

    def ways(self) -> Sequence[QuerySet[Any]]:
        """Give querysets that hold the rows together (`pages.Known`)."""
        return [self.qs]

    def near(self) -> Q:
        """Give a condition on primary keys that all rows fulfil (`pages.Known`)."""
        return Q()
