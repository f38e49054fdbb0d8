"""What visitors choose for a history and the portal remembers: by POST, for GET changes nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .. import columns, saved
from ..columns import PAGE_SIZES
from .base import OperationView
from .history import history_of


class _Choice(OperationView):
    """Base: a form that carries the history's state in `query` and leads back to it."""

    page = "history"

    def back(self, **changed: str) -> HttpResponse:
        """Lead to the history in the state that the form came from, with some of it changed."""
        params = self.state
        for name, value in changed.items():
            params.pop(name, None)
            if value:
                params[name] = value
        address = self.operation.url("history")
        return redirect(f"{address}?{params.urlencode()}" if params else address)

    @property
    def state(self) -> QueryDict:
        """Give the state that the form carries."""
        return QueryDict(self.request.POST.get("query", ""), mutable=True)


class ChooseView(_Choice):
    """Columns and page size: set in the address, and remembered for when it says nothing."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep `per_page`, or else `columns`; `usual` forgets the columns."""
        user, slug = self.visitor, self.operation.slug
        if "per_page" in request.POST:
            return self._page_size(request.POST["per_page"])
        asked = [] if "usual" in request.POST else request.POST.getlist("columns")
        chosen = columns.chosen(asked, self.operation.table)
        columns.remember(user, slug, columns=chosen)
        return self.back(columns=",".join(chosen))

    def _page_size(self, asked: str) -> HttpResponse:
        if asked not in map(str, PAGE_SIZES):
            sizes = ", ".join(map(str, PAGE_SIZES))
            text = _("A page holds %(sizes)s rows, not %(asked)s.")
            messages.error(self.request, text % {"sizes": sizes, "asked": asked[:20]})
            return self.back()
        columns.remember(self.visitor, self.operation.slug, per_page=int(asked))
        return self.back(per_page=asked, page="")


class SaveFilter(_Choice):
    """The filters and the order of a history, under a name of the visitor's own."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save what `query` says as `name`; a name that exists means the new filters then."""
        listing = history_of(request, self.operation, query=self.state)
        wrong = [*listing.problems, *listing.notes]
        if wrong:
            messages.error(request, wrong[0])
            return self.back()
        name = request.POST.get("name", "")
        try:
            new = saved.save(self.visitor, self.operation.slug, name, listing.selection)
        except saved.NotSaved as error:
            messages.error(request, str(error))
            return self.back()
        text = _("Saved as “%(name)s”.") if new else _("“%(name)s” now means these filters.")
        messages.success(request, text % {"name": " ".join(name.split())})
        return self.back()


class DeleteFilter(_Choice):
    """A saved filter that is no longer wanted."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete one of the visitor's own; the list stays as it is."""
        name = saved.delete(self.visitor, self.operation.slug, pk)
        if name:
            text = _("Deleted the saved filter “%(name)s”.") % {"name": name}
            messages.success(request, text)
        else:
            messages.warning(request, _("You have no such saved filter (any more)."))
        return self.back()
