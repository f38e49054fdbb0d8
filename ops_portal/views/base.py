"""What every page of an operation does first: let in who may, and give the shell its content."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import View
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from .. import audit
from ..exports import export_response
from ..exports.responses import refusal
from ..listing import Listing
from ..operations import MOUNTED, Operation

LOGIN = "admin:login"
ACTIONS = ("view", "run", "cancel", "export")


def needing(*actions: str) -> dict[str, tuple[str, ...]]:
    """Give `needs` of a page that is only read, by whoever holds the permission of an action."""
    return {"GET": actions, "HEAD": actions}


class OperationView(View):
    """Base of all pages. `needs` says which permission a method asks for; any of them will do."""

    operation: Operation = None  # type: ignore[assignment]  # given by as_view()
    needs: ClassVar[dict[str, tuple[str, ...]]] = {}
    page = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to the login and refuse staff without the permission, on every call."""
        refused = self._refusal(request)
        if refused is None:
            self.operation.backend.tend()
        response = refused or self._answer(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    @property
    def visitor(self) -> AbstractBaseUser:
        """Give the visitor, whom `dispatch` has let in."""
        user = self.request.user
        if isinstance(user, AnonymousUser):
            raise TypeError("A stranger got past the permissions.")
        return user

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Render a page or a fragment with what the shell needs."""
        context |= {
            "operation": self.operation,
            "page": self.page,
            "menu": [
                entry for entry in MOUNTED.values() if entry.may(self.request.user, "view", "run")
            ],
            "may": self._rights(),
            "site_url": admin.site.site_url,
        }
        return render(self.request, template, context, status=status)

    def record(self, pk: int) -> Any:
        """Give the run of this id, or answer 404."""
        record = self.operation.backend.history().defer(None).filter(pk=pk).first()
        if record is None:
            raise Http404(_("There is no session #%(id)s.") % {"id": pk})
        return record

    def export(self, listing: Listing, name: str) -> HttpResponseBase:
        """Give the listing as a file, if the visitor may take it, and record it."""
        if not self.operation.may(self.request.user, "export"):
            return self._forbidden()
        response = export_response(listing, name, self.request.GET["_export"])
        if response.status_code == 200:
            audit.exported(
                self.visitor,
                listing.rows.model,
                str(self.operation.title),
                _("Exported %(name)s: %(query)s") % {"name": name, "query": listing.query or "*"},
            )
        return response

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404 as error:
            return self.show("ops/404.html", status=404, reason=str(error))

    def _rights(self) -> dict[str, bool]:
        user = self.request.user
        return {action: self.operation.may(user, action) for action in ACTIONS}

    def _refusal(self, request: HttpRequest) -> HttpResponseBase | None:
        user = request.user
        if not (user.is_active and getattr(user, "is_staff", False)):
            return self._signed_out(request)
        needed = self.needs.get(request.method or "", ("view",))
        return None if self.operation.may(user, *needed) else self._forbidden()

    def _signed_out(self, request: HttpRequest) -> HttpResponseBase:
        """Lead to the login; a fragment instead says that the login has ended."""
        htmx: HtmxDetails | None = getattr(request, "htmx", None)
        if htmx:
            context = {"login": reverse(LOGIN), "next": htmx.current_url_abs_path or ""}
            # In a place of its own: the cell or panel that asked keeps what it showed last.
            response = render(request, "ops/_signed_out.html", context, status=401)
            return reswap(retarget(response, "#signed-out"), "innerHTML")
        return redirect_to_login(request.get_full_path(), reverse(LOGIN))

    def _forbidden(self) -> HttpResponse:
        if "_export" in self.request.GET:
            response = refusal([_("You may not export this list.")])
            response.status_code = 403
            return response
        return self.show("ops/403.html", status=403)
