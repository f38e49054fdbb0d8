"""Filters of the history and of a session's issues."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.products.models import ImportSession
from apps.products.models.kinds import WITH_ISSUES
from apps.products.models.sessions import Severity
from apps.products.sessions.states import ImportType, Status, Trigger
from ops_portal.filters import AfterFilter, BeforeFilter, OperationFilterSet, YesNoFilter
from ops_portal.kinds import Kinds

from . import words
from .kinds import BY_KIND, kinds_of
from .lengths import SecondsFilter
from .near import numbers_of
from .starters import starters_with


class _Once(ModelChoiceIterator):  # type: ignore[type-arg]  # not generic at run time
    """Choices that are fetched once, however often a page lists them."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield ("", self.field.empty_label)
        for user in self.queryset:
            yield self.choice(user)


class StarterField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A user by id or by name; the list offers staff."""

    iterator = _Once

    def label_from_instance(self, obj: Any) -> str:
        """Show the name by which they log in."""
        return str(obj.get_username())

    def to_python(self, value: Any) -> Any:
        """Find the user."""
        if value in self.empty_values:
            return None
        text = str(value)
        is_id = text.isascii() and text.isdigit() and len(text) < 19
        by = Q(pk=int(text)) if is_id else Q(username=text)
        # PostgreSQL takes no NUL in text.
        user = None if "\0" in text else get_user_model().objects.filter(by).first()
        if user is None:
            raise ValidationError(_("There is no user “%(value)s”."), params={"value": text[:50]})
        return user

    def validate(self, value: Any) -> None:
        """Accept whom `to_python` found: staff of the past may have started sessions too."""
        forms.Field.validate(self, value)


class StarterFilter(django_filters.Filter):  # type: ignore[misc]  # publishes no types
    """Sessions that one user started."""

    field_class = StarterField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        staff = get_user_model().objects.filter(is_staff=True)
        kwargs["queryset"] = staff.only("username").order_by("username")
        super().__init__(*args, **kwargs)


# Days back from today, today included. Named in addresses.
SPANS = {
    "today": (_("Today"), 1),
    "week": (_("Last 7 days"), 7),
    "month": (_("Last 30 days"), 30),
    "year": (_("Last 365 days"), 365),
}


def _start_of(span: str) -> datetime | None:
    """Give the first moment of a span; None when none is chosen."""
    if not span:
        return None
    _title, days = SPANS[span]
    first = timezone.localdate() - timedelta(days=days - 1)
    return timezone.make_aware(datetime.combine(first, time.min))


class SessionFilterSet(OperationFilterSet):
    """Filters of the history."""

    q = django_filters.CharFilter(label=_("Text in errors or starter"), method="filter_text")
    import_type = django_filters.ChoiceFilter(
        label=_("Type"), choices=ImportType.choices, empty_label=_("Any")
    )
    requested_by = StarterFilter(label=_("Started by"), empty_label=_("Anybody"))
    mine = YesNoFilter(label=_("Started by me"), method="filter_mine")
    trigger = django_filters.ChoiceFilter(
        label=_("Trigger"), choices=Trigger.choices, empty_label=_("Any")
    )
    dry_run = YesNoFilter(label=_("Dry run"))
    has_issues = YesNoFilter(label=_("With issues"), method="filter_issues")
    started = django_filters.ChoiceFilter(
        label=pgettext_lazy("span of time", "Started"),
        choices=[(name, title) for name, (title, _days) in SPANS.items()],
        empty_label=_("Any time"),
        method="filter_span",
    )
    started_after = AfterFilter(label=_("Started from"), field_name="started_at")
    started_before = BeforeFilter(label=_("Started until"), field_name="started_at")
    duration_min = SecondsFilter(label=_("Took at least, s"), lookup_expr="gte")
    duration_max = SecondsFilter(label=_("Took at most, s"), lookup_expr="lte")
    id = django_filters.NumberFilter(label=_("No."), min_value=1, decimal_places=0)
    # DISTINCT would make the count slow, and one column cannot match twice.
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=Status.choices,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ImportSession
        fields: list[str] = []

    @classmethod
    def presets(cls) -> list[tuple[Any, dict[str, str]]]:
        """Offer the spans of days; a saved filter or a bookmark of one means the days anew."""
        return [
            (title, {"started": name, "started_after": "", "started_before": ""})
            for name, (title, _days) in SPANS.items()
        ]

    def filter_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Search what a session says of itself."""
        in_error, by_starter = self._in_text(value)
        return rows.filter(in_error | by_starter)

    def ways(self) -> Sequence[QuerySet[Any]]:
        """Give rows with the text in their error apart from those with it in their starter."""
        text = self.given().get("q")
        if not text:
            return super().ways()
        return [self.without("q").filter(part) for part in self._in_text(text) if part]

    def kinds(self) -> Kinds | None:
        """Give the kinds of sessions that are asked for, when nothing else is."""
        given = self.given()
        return kinds_of(self.queryset, given) if given.keys() <= BY_KIND else None

    @cached_property
    def _starters(self) -> list[str]:
        return starters_with(self.given()["q"])

    def _in_text(self, text: str) -> tuple[Q, Q]:
        """Give the two places where text is looked for; the second may be nowhere, and empty."""
        by_starter = Q(requested_by_name__in=self._starters) if self._starters else Q()
        return Q(error_message__icontains=text), by_starter

    def filter_mine(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Keep, or leave out, what the visitor started."""
        mine = Q(requested_by=self.request.user.pk)
        return rows.filter(mine) if value else rows.exclude(mine)

    def filter_issues(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Keep sessions with issues, or without."""
        return rows.filter(WITH_ISSUES if value else Q(error_count=0, warning_count=0))

    def near(self) -> Q:
        """Give which numbers the sessions of the chosen time have."""
        chosen = self.form.cleaned_data
        since = [chosen["started_after"], _start_of(chosen["started"])]
        given = [moment for moment in since if moment]
        if not (given or chosen["started_before"]):
            return Q()
        return numbers_of(max(given, default=None), chosen["started_before"])

    def filter_span(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep what was started on the last days, today included."""
        return rows.filter(started_at__gte=_start_of(value))


class IssueFilterSet(OperationFilterSet):
    """Filters of a session's issues."""

    q = django_filters.CharFilter(label=_("1C id or file"), method="filter_text")
    severity = django_filters.ChoiceFilter(
        label=_("Severity"), choices=Severity.choices, empty_label=_("Any")
    )
    entity = django_filters.ChoiceFilter(
        label=_("Kind"), choices=list(words.ENTITIES.items())[1:], empty_label=_("Any")
    )
    code = django_filters.CharFilter(label=_("Code"))
    file = django_filters.CharFilter(label=_("File"))

    def filter_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Search ids and file names."""
        return rows.filter(Q(onec_id__icontains=value) | Q(file__icontains=value))
