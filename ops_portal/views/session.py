"""One run: its page, its status for programs and fragments, its log."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ..columns import shown
from ..runs import LogLine
from ..tables import OperationTable
from ..templatetags.ops import live_row
from .base import OperationView

FIRST_ISSUES = 20
LAST_LINES = 100


class LogReader(OperationView):
    """A page that shows a log, whole or (`log=problems` in its address) its problems alone."""

    @property
    def only_problems(self) -> bool:
        """Whether warnings and errors alone are asked for."""
        return self.request.GET.get("log") == "problems"


class Session(LogReader):
    """Everything about one run."""

    page = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002  (Django's signature)
        """Show the run."""
        record = self.record(pk)
        return self.show("ops/session.html", **self._whole(record))

    def _whole(self, record: Any) -> dict[str, Any]:
        backend = self.operation.backend
        problems = self.only_problems
        lines = list(backend.log(record, problems=problems).order_by("-pk")[:LAST_LINES])
        return {
            "run": backend.run(record),
            "detail": backend.detail(record),
            "issue_table": self._issues(record),
            "log": [backend.log_line(line) for line in reversed(lines)],
            "last_lines": LAST_LINES,
            "log_problems": problems,
            "back": self.request.GET.get("list", ""),
        }

    def _issues(self, record: Any) -> OperationTable | None:
        if self.operation.issue_table is None:
            return None
        rows = self.operation.backend.issues(record).order_by("pk")[:FIRST_ISSUES]
        return self.operation.issue_table(list(rows), orderable=False)


class Status(Session):
    """The run's state: JSON for programs, fragments (`_part`) for the pages that watch it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the state, or the part of a page that shows it."""
        record = self.record(pk)
        part = request.GET.get("_part")
        if part == "live":
            return self.show("ops/_live.html", swap=True, **self._whole(record))
        if part == "card":
            return self.show("ops/_card.html", run=self.operation.backend.run(record))
        if part == "cells":
            return self._cells(record)
        return JsonResponse(self.operation.backend.status(record))

    def _cells(self, record: Any) -> HttpResponse:
        table = self.operation.table([], state=self.request.GET.get("list", ""))
        # Only what the page shows: the others' cells would find no place there.
        table.show_only(shown(self.request.GET, self.operation.table, (), []))
        return self.show(
            "ops/_cells.html",
            cells=table.live_cells(record),
            live=live_row(table, record),
            pk=record.pk,
            columns=table.live_shown,
            state=table.state,
        )


class Log(LogReader):
    """The run's whole log as plain text; finished runs keep it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Stream the log; with `download` in the address as an attachment."""
        response = StreamingHttpResponse(
            self._lines(self.record(pk)), content_type="text/plain; charset=utf-8"
        )
        if "download" in request.GET:
            name = f"{self.operation.slug}-{pk}.log"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _lines(self, record: Any) -> Iterator[str]:
        backend = self.operation.backend
        for line in backend.log(record, problems=self.only_problems).iterator(chunk_size=2000):
            yield _text(backend.log_line(line))


def _text(line: LogLine) -> str:
    """Give one line; control characters in it can neither forge a line nor steer a terminal."""
    local = timezone.localtime(line.at)
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in line.text)
    return f"{local:%Y-%m-%d %H:%M:%S%z} {line.level.upper():7} {text}\n"
