"""What staff do to a run that is under way: cancel it, or recover from one that is gone."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .. import audit
from ..operations import Answer
from .base import OperationView

LONGEST_REASON = 500


class Control(OperationView):
    """POST only. It leads back to the run, with a message; also for a run that is over."""

    http_method_names = ["post"]
    needs: ClassVar[dict[str, tuple[str, ...]]] = {"POST": ("cancel",)}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, tell the visitor, and record it."""
        record = self.record(pk)
        answer = self.act(record, request)
        if answer.done:
            audit.changed(request.user, record, answer.message)  # type: ignore[arg-type]  # staff
        level = messages.SUCCESS if answer.done else messages.WARNING
        messages.add_message(request, level, answer.message)
        return redirect(self.operation.url("session", pk))

    @abstractmethod
    def act(self, record: Any, request: HttpRequest) -> Answer:
        """Ask the backend."""


class Cancel(Control):
    """Ask the run to stop at its next step."""

    def act(self, record: Any, request: HttpRequest) -> Answer:
        """Pass the reason on, cleaned of what no log line may hold."""
        given = "".join(
            sign if sign.isprintable() else " " for sign in request.POST.get("reason", "")
        )
        reason = " ".join(given.split())[:LONGEST_REASON]
        return self.operation.backend.cancel(record, request.user, reason)  # type: ignore[arg-type]


class Recover(Control):
    """End a run whose process is gone."""

    def act(self, record: Any, request: HttpRequest) -> Answer:
        """Ask the backend."""
        return self.operation.backend.recover(record, request.user)  # type: ignore[arg-type]
