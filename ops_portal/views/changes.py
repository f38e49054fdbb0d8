"""What a dry run would do: filtered, sorted, page by page, or as a file."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ..listing import Listing, listing_for, paginate
from .base import OperationView


class Changes(OperationView):
    """The table of what a dry run would do. Only dry runs have one."""

    page = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show a page of the table, or export all its rows."""
        operation, record = self.operation, self.record(pk)
        run = operation.backend.run(record)
        if not run.dry_run or operation.change_table is None or operation.change_filterset is None:
            raise Http404(_("Session #%(id)s was no dry run, so it lists no changes.") % {"id": pk})
        changes = operation.backend.changes(record, request.user)  # type: ignore[arg-type]  # staff
        listing = listing_for(
            request, changes.rows, operation.change_table, operation.change_filterset
        )
        if "_export" in request.GET:
            return self.export(listing, f"{operation.slug}-{pk}-changes")
        paginate(listing)
        return self.show(
            "ops/changes.html",
            listing=listing,
            table=listing.table,
            run=run,
            changes=changes,
            **self._brake(record, listing),
        )

    def _brake(self, record: Any, listing: Listing) -> dict[str, Any]:
        """Give what would stop the real run; it may be lifted beside its evidence only."""
        brake = self.operation.backend.brake(record, self.request.user)  # type: ignore[arg-type]
        if brake is None:
            return {}
        filters = {name: listing.params[name] for name in _filters(listing)}
        may_run = self.operation.may(self.request.user, "run")
        return {
            "brake": brake,
            "brake_shown": filters == dict(brake.evidence),
            "may_lift": brake.may_lift and may_run,
        }


def _filters(listing: Listing) -> list[str]:
    return [name for name in listing.params if name in listing.filterset.filters]
