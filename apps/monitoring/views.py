"""The monitoring dashboard: a page of the admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.common.portal_links import portal_address

from .figures import session_figures
from .health import IntegrationHealthCheck
from .recent import recent_sessions


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show health, figures and recent sessions to whoever may see sessions.

    Whoever may not enter the admin is sent to its login.
    """
    return admin.site.admin_view(_dashboard)(request)


def _dashboard(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("products.view_importsession"):
        raise PermissionDenied
    check = IntegrationHealthCheck()
    context = admin.site.each_context(request) | {
        "title": _("Import monitoring"),
        "components": check.components(),
        "ready": check.ready(),
        "state": check.state(),
        "figures": session_figures(),
        "recent": recent_sessions(),
        "portal": portal_address(),
        "now": timezone.now(),
    }
    return render(request, "monitoring/dashboard.html", context)
