"""Filters of the history and of a session's issues."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.products.models import ImportSession
from apps.products.models.sessions import Severity
from apps.products.sessions.states import ImportType, Status, Trigger
from ops_portal.filters import AfterFilter, BeforeFilter, OperationFilterSet, YesNoFilter

from . import words


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
    started_after = AfterFilter(label=_("Started from"), field_name="started_at")
    started_before = BeforeFilter(label=_("Started until"), field_name="started_at")
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
        """Offer the usual spans of days."""
        today = timezone.localdate()
        spans = ((_("Today"), 0), (_("Last 7 days"), 6), (_("Last 30 days"), 29))
        return [
            (label, {"started_after": f"{today - timedelta(days=days)}", "started_before": ""})
            for label, days in spans
        ]

    def filter_text(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Search what a session says of itself."""
        return rows.filter(
            Q(error_message__icontains=value) | Q(requested_by_name__icontains=value)
        )

    def filter_mine(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Keep, or leave out, what the visitor started."""
        mine = Q(requested_by=self.request.user.pk)
        return rows.filter(mine) if value else rows.exclude(mine)

    def filter_issues(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Keep sessions with issues, or without."""
        clean = Q(error_count=0, warning_count=0)
        return rows.exclude(clean) if value else rows.filter(clean)


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
