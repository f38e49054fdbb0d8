"""The monitoring dashboard: a page of the admin."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.common.portal_links import failed_sessions_address, portal_address

from . import present
from .health import IntegrationHealthCheck
from .periods import DEFAULT, PERIODS, Period, period_named
from .recent import recent_sessions
from .snapshot import snapshot_of


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show health, figures of the period asked for, and recent sessions.

    For whoever may see sessions. Whoever may not enter the admin is sent to its login.
    """
    return admin.site.admin_view(_dashboard)(request)


def _dashboard(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("products.view_importsession"):
        raise PermissionDenied
    period = _chosen_period(request)
    check = IntegrationHealthCheck()
    snapshot = snapshot_of(period)
    context = admin.site.each_context(request) | {
        "title": _("Import monitoring"),
        "components": check.components(),
        "ready": check.ready(),
        "state": check.state(),
        "now": timezone.now(),
        "period": period,
        "periods": PERIODS,
        "snapshot": snapshot,
        "sessions": present.session_rows(snapshot),
        "runs": present.run_rows(snapshot),
        "customer_operations": present.customer_rows(snapshot),
        "identified": present.identified(snapshot),
        "charts": present.charts(snapshot),
        "recent": recent_sessions(),
        "portal": portal_address(),
        "failed_sessions": failed_sessions_address(snapshot.span.start, snapshot.span.end),
    }
    return render(request, "monitoring/dashboard.html", context)


def _chosen_period(request: HttpRequest) -> Period:
    """Give the period that the address names; say so when there is none of that name."""
    asked = request.GET.get("period", DEFAULT.key)
    period = period_named(asked)
    if period is not None:
        return period
    messages.warning(
        request,
        _("There is no period “%(asked)s”. You see: %(title)s.")
        % {"asked": asked[:50], "title": DEFAULT.title},
    )
    return DEFAULT
