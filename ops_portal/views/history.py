"""All runs: filtered, sorted, page by page, or as a file."""

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from .. import columns, saved
from ..columns import Remembered
from ..exports.form import ExportForm
from ..listing import Listing, listing_for, paginate
from ..operations import Operation
from .base import OperationView, needing


class History(OperationView):
    """The table of all runs. Its state is in the address; what that leaves open is remembered."""

    page = "history"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the table, or export all its rows.

        A file is what its address says, whoever asks: nothing remembered goes into it.
        """
        slug = self.operation.slug
        if "_export" in request.GET:
            return self.export(history_of(request, self.operation), slug)
        user = self.visitor
        kept = columns.remembered(user, slug, self.operation.table)
        listing = history_of(request, self.operation, kept=kept)
        paginate(listing)
        return self.show(
            "ops/history.html",
            listing=listing,
            table=listing.table,
            choices=columns.choices(listing.table),
            saved=saved.saved_filters(user, slug, listing.selection),
        )


class Export(OperationView):
    """What is asked before the history is taken away, with the number of rows."""

    page = "export"
    needs = needing("export")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the choices. The number is exact: whoever takes a list away wants to know it."""
        kept = columns.remembered(self.visitor, self.operation.slug, self.operation.table)
        listing = history_of(request, self.operation, kept=kept)
        count = listing.rows.order_by().count()
        form = ExportForm(count=count, shown=listing.shown, titles=listing.shown_titles)
        return self.show("ops/history/export.html", listing=listing, count=count, form=form)


def history_of(
    request: HttpRequest,
    operation: Operation,
    *,
    query: QueryDict | None = None,
    kept: Remembered | None = None,
) -> Listing:
    """Give an operation's history as the address, or another query, asks for it."""
    return listing_for(
        request,
        operation.backend.history(),
        operation.table,
        operation.filterset,
        query=query,
        kept=kept,
    )
