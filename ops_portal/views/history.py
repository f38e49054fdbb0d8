"""All runs: filtered, sorted, page by page, or as a file."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ..listing import Listing, listing_for, paginate
from .base import OperationView


class History(OperationView):
    """The table of all runs. Its whole state is in the address."""

    page = "history"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the table, or export all its rows."""
        listing = self._listing(request)
        if "_export" in request.GET:
            return self.export(listing, self.operation.slug)
        paginate(listing)
        return self.show("ops/history.html", listing=listing, table=listing.table)

    def _listing(self, request: HttpRequest) -> Listing:
        operation = self.operation
        return listing_for(
            request, operation.backend.history(), operation.table, operation.filterset
        )
