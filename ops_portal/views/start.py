"""The page that starts an operation, with what runs now and what ran last."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import audit, tokens
from ..dry_runs import Brake
from ..listing import query_without
from ..operations import Refused, Unfit
from ..preflight import Check, Preflight
from ..tables import OperationTable
from .base import OperationView

LAST = 10
# Seconds that a part of the page, or a page without script, waits for the look at the files.
PATIENCE = 1.5
PATIENCE_WITHOUT_SCRIPT = 8.0


class Start(OperationView):
    """Form, running run, last runs. Starting needs the right to run; looking, any of the two."""

    needs: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": ("view", "run"),
        "HEAD": ("view", "run"),
        "POST": ("run",),
    }
    page = "start"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the page, or a part of it for the form's present values.

        The parts: in words what they would do, and what a run would meet now.
        """
        if request.GET.get("_part") == "summary":
            form = self._form(data=request.GET)
            return self.show("ops/_summary.html", form=form)
        if request.GET.get("_part") == "preflight":
            found = self._preflight(self._form(data=request.GET), PATIENCE)
            return self.show(
                "ops/_preflight.html",
                preflight=found,
                blocks=found.blocks,
                token_field=tokens.FIELD,
                swap=True,
            )
        return self._page(self._form(initial=self._initial(request)))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Start a run and lead to it; the same form sent again leads to the run it made."""
        made = tokens.run_of(request, self.operation.slug)
        if made is not None:
            messages.info(request, _("This form was already sent: it started this session."))
            return redirect(self.operation.url("session", made))
        form = self._form(data=request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            return self._start(request, form)
        except Refused as refused:
            return self._refused(request, refused)
        except Unfit as unfit:
            form.add_error(None, str(unfit))
            return self._page(form)

    def _start(self, request: HttpRequest, form: Form) -> HttpResponse:
        record = self.operation.backend.submit(form.cleaned_data, request.user)  # type: ignore[arg-type]  # staff
        tokens.remember(request, self.operation.slug, record.pk)
        audit.started(request.user, record, _("Started from the portal."))  # type: ignore[arg-type]
        address = self.operation.url("session", record.pk)
        messages.success(request, self._accepted(record.pk, address))
        return redirect(address)

    def _refused(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        level = messages.ERROR if refused.failed else messages.WARNING
        messages.add_message(request, level, refused.message)
        if refused.run_id is None:
            return redirect(self.operation.url("start"))
        if refused.failed:
            tokens.remember(request, self.operation.slug, refused.run_id)
        return redirect(self.operation.url("session", refused.run_id))

    def _accepted(self, pk: int, address: str) -> SafeString:
        text = format_html(
            '<a href="{}">{}</a> {}',
            address,
            _("Session #%(id)s") % {"id": pk},
            _("was accepted and waits for a worker."),
        )
        dashboard = self.operation.dashboard
        if dashboard is None or not dashboard.url:
            return text
        return format_html('{} <a href="{}">{}</a>', text, dashboard.url, dashboard.title)

    def _page(self, form: Form) -> HttpResponse:
        backend = self.operation.backend
        may_view = self.operation.may(self.request.user, "view")
        # Asked for with the page by those without script; others get it as a part.
        at_once = "preflight" in self.request.GET
        preflight = self._preflight(form, PATIENCE_WITHOUT_SCRIPT) if at_once else None
        return self.show(
            "ops/start.html",
            form=form,
            token=tokens.new_token(),
            token_field=tokens.FIELD,
            blocks=preflight.blocks if preflight else self._blocks(form),
            preflight=preflight,
            repeats=query_without(self.request.GET, "preflight"),
            runs=backend.running(),
            table=self._last() if may_view else None,
        )

    def _blocks(self, form: Form) -> Sequence[Check]:
        may_run = self.operation.may(self.request.user, "run")
        return self.operation.backend.blocks(self._present(form)) if may_run else ()

    def _preflight(self, form: Form, patience: float) -> Preflight:
        return self.operation.backend.preflight(self._present(form), patience)

    def _present(self, form: Form) -> dict[str, Any]:
        """Give the form's present values; those that are wrong count as their defaults."""
        values = {
            name: form.get_initial_for_field(field, name) for name, field in form.fields.items()
        }
        if form.is_bound:
            form.is_valid()
            values |= form.cleaned_data
        return values

    def _last(self) -> OperationTable:
        rows = self.operation.backend.history().order_by("-pk")[:LAST]
        return self.operation.table(list(rows), orderable=False)

    def _form(self, **arguments: Any) -> Form:
        return self.operation.form(user=self.request.user, **arguments)  # type: ignore[call-arg]

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        """Give the values of the run to repeat, if the address names one."""
        asked = request.GET.get("retry_of", "")
        if not asked:
            return {}
        record = None
        if asked.isascii() and asked.isdigit() and len(asked) < 19:
            rows = self.operation.backend.history().defer(None)
            record = rows.filter(pk=int(asked)).first()
        if record is None:
            messages.warning(
                request, _("There is no session #%(id)s to repeat.") % {"id": asked[:20]}
            )
            return {}
        return self._values_of(record, request)

    def _values_of(self, record: Any, request: HttpRequest) -> dict[str, Any]:
        """Give the values of a run to repeat; `real` and `lifted` ask for more than the same."""
        real, lifted = "real" in request.GET, "lifted" in request.GET
        backend = self.operation.backend
        messages.info(request, self._filled_in(record.pk, real=real))
        brake = backend.brake(record, request.user) if real else None  # type: ignore[arg-type]  # staff
        if brake and not lifted:
            messages.warning(request, self._braked(record.pk, brake))
        return backend.repeat(record, real=real, lifted=lifted)

    def _filled_in(self, pk: int, *, real: bool) -> str:
        said = (
            _("Filled in for the real run of dry run #%(id)s. Nothing has been started yet.")
            if real
            else _("Filled in like session #%(id)s. Nothing has been started yet.")
        )
        return said % {"id": pk}

    def _braked(self, pk: int, brake: Brake) -> SafeString:
        address = f"{self.operation.url('changes', pk)}?{brake.query}"
        link = _("Show what would be hidden")
        return format_html('{} <a href="{}">{}</a>', brake.message, address, link)
