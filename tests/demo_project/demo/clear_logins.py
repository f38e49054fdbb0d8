"""Clearing logins as an operation of the portal: form, table, filters, backend."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from logins.models import ACTIVE, Cleanup, Status

from ops_portal.filters import AfterFilter, BeforeFilter, OperationFilterSet
from ops_portal.operations import Answer, Backend, Refused
from ops_portal.runs import Detail, Fact, Run, State
from ops_portal.tables import OperationTable
from ops_portal.templatetags.ops import moment

SLUG = "clear-logins"
# A run that has saved nothing for so long died with its process.
DEAD_AFTER = timedelta(minutes=10)


class CleanupForm(forms.Form):
    """What staff are asked."""

    days = forms.IntegerField(
        label=gettext_lazy("Keep for, days"),
        min_value=0,
        max_value=365,
        initial=7,
        help_text=gettext_lazy("Logins that expired less than so many days ago stay."),
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def summary(self) -> str:
        """Say in words what will happen."""
        if self.is_bound and not self.is_valid():
            return _("Correct the marked fields first.")
        days = self.cleaned_data["days"] if self.is_bound else self["days"].value()
        return _("Logins that expired %(days)s days ago or earlier are deleted.") % {"days": days}


class CleanupTable(OperationTable):
    """The history: one row per run."""

    live = ("status", "finished_at", "done")
    times = frozenset({"started_at", "finished_at"})
    numbers = frozenset({"days", "done"})
    row_header = "id"
    caption = gettext_lazy("Cleanups")
    file_titles: ClassVar[dict[str, Any]] = {"done": gettext_lazy("Logins deleted")}

    id = tables.Column(gettext_lazy("No."))
    status = tables.Column(gettext_lazy("Status"))
    days = tables.Column(gettext_lazy("Days"))
    started_by = tables.Column(gettext_lazy("Started by"))
    started_at = tables.Column(gettext_lazy("Started"))
    finished_at = tables.Column(gettext_lazy("Finished"), empty_values=())
    done = tables.Column(gettext_lazy("Deleted"))

    class Meta(OperationTable.Meta):
        order_by = "-id"

    def is_live(self, record: Cleanup) -> bool:
        """Whether the page asks for this row's live cells again."""
        return record.status in ACTIVE

    def render_id(self, record: Cleanup) -> SafeString:
        """Link to the run, whose page leads back to this list as it is."""
        query = f"?{urlencode({'list': self.state})}" if self.state else ""
        address = reverse(f"{SLUG}:session", args=[record.pk])
        return format_html('<a href="{}{}">#{}</a>', address, query, record.pk)

    def render_status(self, record: Cleanup) -> SafeString:
        """Show the portal's tag."""
        return render_to_string("ops/_tag.html", {"run": run_of(record)})

    def render_started_at(self, record: Cleanup) -> SafeString:
        """Show local time, and how long ago that was."""
        return moment(record.started_at, short=True)

    def render_finished_at(self, record: Cleanup) -> SafeString:
        """Show local time, and how long ago that was."""
        return moment(record.finished_at, short=True)


class CleanupFilterSet(OperationFilterSet):
    """Filters of the history."""

    started_by = django_filters.CharFilter(label=gettext_lazy("Started by"))
    started_after = AfterFilter(label=gettext_lazy("Started from"), field_name="started_at")
    started_before = BeforeFilter(label=gettext_lazy("Started until"), field_name="started_at")
    status = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"),
        choices=Status.choices,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Cleanup
        fields: ClassVar[list[str]] = []


class CleanupBackend(Backend):
    """What the portal asks of the operation."""

    def submit(self, values: Mapping[str, Any], user: AbstractBaseUser) -> Cleanup:
        """Insert the run's row, and run the command for it in a thread."""
        try:
            with transaction.atomic():
                row = Cleanup.objects.create(days=values["days"], started_by=user.get_username())
        except IntegrityError as error:
            active = Cleanup.objects.filter(status__in=ACTIVE).first()
            raise Refused(
                _("Another cleanup runs. Wait for its end, or cancel it."),
                run_id=active.pk if active else None,
            ) from error
        transaction.on_commit(threading.Thread(target=_run, args=[row.pk], daemon=True).start)
        return row

    def cancel(self, record: Cleanup, user: AbstractBaseUser, reason: str) -> Answer:
        """Ask the command to stop at its next chunk."""
        running = Cleanup.objects.filter(pk=record.pk, status=Status.RUNNING)
        if running.update(status=Status.CANCELLING):
            return Answer(_("Cleanup #%(id)s stops in a moment.") % {"id": record.pk})
        return Answer(_("Cleanup #%(id)s does not run any more.") % {"id": record.pk}, done=False)

    def tend(self) -> None:
        """End what died with its process, as a thread does."""
        dead = Cleanup.objects.filter(status__in=ACTIVE, moved_at__lt=timezone.now() - DEAD_AFTER)
        dead.update(
            status=Status.FAILED,
            finished_at=timezone.now(),
            error="The process that ran it is gone. What it deleted stays deleted; run it again.",
        )

    def history(self) -> QuerySet[Cleanup]:
        """Give all runs."""
        return Cleanup.objects.all()

    def repeat(
        self, record: Cleanup, *, real: bool = False, lifted: bool = False
    ) -> dict[str, Any]:
        """Fill the form in as it was."""
        return {"days": record.days}

    def running(self) -> Sequence[Run]:
        """Give the run that is active, if one is."""
        return [run_of(row) for row in Cleanup.objects.filter(status__in=ACTIVE)]

    def run(self, record: Cleanup) -> Run:
        """Say a row in the portal's words."""
        return run_of(record)

    def detail(self, record: Cleanup) -> Detail:
        """Give what the run was asked to do."""
        return Detail(parameters=[Fact(_("Keep for, days"), record.days)])


def run_of(record: Cleanup) -> Run:
    """Say a row in the portal's words."""
    return Run(
        pk=record.pk,
        title=_("Cleanup"),
        state=State(record.status),
        state_label=record.get_status_display(),
        created_at=record.started_at,
        started_at=record.started_at,
        finished_at=record.finished_at,
        done=record.done,
        total=record.total,
        changed=record.done,
        starter=record.started_by,
        error=record.error,
    )


def _run(pk: int) -> None:
    try:
        call_command("clear_logins", cleanup=pk)
    finally:
        connection.close()
