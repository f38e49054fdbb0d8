"""What went wrong in one run: filtered, sorted, page by page, or as a file."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ..listing import listing_for, paginate
from .base import OperationView


class Issues(OperationView):
    """The table of a run's issues."""

    page = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show a page of the table, or export all its rows."""
        operation, record = self.operation, self.record(pk)
        if operation.issue_table is None or operation.issue_filterset is None:
            raise Http404(_("This operation keeps no list of issues."))
        listing = listing_for(
            request,
            operation.backend.issues(record),
            operation.issue_table,
            operation.issue_filterset,
            carried=frozenset({"list"}),
        )
        if "_export" in request.GET:
            return self.export(listing, f"{operation.slug}-{pk}-issues")
        paginate(listing)
        return self.show(
            "ops/issues.html",
            listing=listing,
            table=listing.table,
            run=operation.backend.run(record),
            back=request.GET.get("list", ""),
            issues_page=True,
        )
