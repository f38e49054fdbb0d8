"""One record: how it is now, which run changed it last, what went wrong with it, what to do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .base import OperationView

# Signs that a question may have: longer than any id, e-mail address or number.
LONGEST = 254


class Find(OperationView):
    """One box that takes whatever names a record."""

    page = "find"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the box, and the answer once something was asked."""
        if self.operation.search is None:
            raise Http404(_("This operation finds no records."))
        asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
        too_long = len(asked) > LONGEST
        finding = None
        if asked and not too_long:
            finding = self.operation.backend.find(asked, request.user)  # type: ignore[arg-type]  # staff
        return self.show(
            "ops/find.html",
            asked=asked[:LONGEST],
            longest=LONGEST,
            too_long=too_long,
            finding=finding,
        )
