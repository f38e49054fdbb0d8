"""What went wrong in one run: filtered, sorted, page by page, or as a file."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ..listing import listing_for, paginate
from .base import OperationView


class Issues(OperationView):
    """The table of a run's issues."""

    page = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show a page of the table, or export all its rows."""
        operation = self.operation
        record = self.record(pk)
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
        run = operation.backend.run(record)
        back = request.GET.get("list", "")
        return self.show(
            "ops/issues.html", listing=listing, table=listing.table, run=run, back=back
        )
